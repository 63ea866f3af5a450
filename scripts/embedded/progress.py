"""One line for each slow step, with the seconds it took, on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done while it is done."""
    began = time.monotonic()
    _say(f"  {what} …")
    try:
        yield
    except BaseException:
        _say(" failed\n")
        raise
    _say(f" {time.monotonic() - began:.1f} s\n")


def counted(what: str) -> tuple[Callable[[int, int], None], Callable[[], None]]:
    """Two functions: tell how many of how many are done, and end the line.

    Nothing is said when nothing was to be done. Only a terminal sees the count.
    """
    began = time.monotonic()
    told = False

    def tell(done: int, of: int) -> None:
        nonlocal told
        if sys.stderr.isatty():
            _say(f"\r  {what} … {done} of {of}")
        elif not told:
            _say(f"  {what} …")
        told = True

    def end() -> None:
        if told:
            _say(f" {time.monotonic() - began:.1f} s\n")

    return tell, end


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)
