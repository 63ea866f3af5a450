"""Files that people and programs both change: replaced whole, by one at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings_groups import CHECKOUT


class NotOurs(Exception):
    """The file cannot be changed from here; the message says what to do about it."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else who asks so changes the file meanwhile. Raises `NotOurs`.

    An editor does not ask: whoever reads the file within compares it once more.
    """
    path = path.resolve()
    if path.is_relative_to(CHECKOUT / "config"):
        raise NotOurs(f"{path} is the program's own: copy it, and name the copy in saluran.yaml")
    try:
        lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NotOurs(_refused(path, error)) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def replace(path: Path, text: str) -> None:
    """The file says `text` from now on, or still what it said before. Raises `NotOurs`."""
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    try:
        mode = path.stat().st_mode & 0o777
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise NotOurs(_refused(path, error)) from None


def _refused(path: Path, error: OSError) -> str:
    return f"{path} cannot be changed ({error.strerror}): let the desk's user write in its folder"
