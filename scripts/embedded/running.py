"""Run one installation until it is told to end, or everything has ended by itself."""

import os
import select
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from scripts.embedded import leftovers
from scripts.embedded.installation import Installation
from scripts.embedded.progress import step
from scripts.embedded.state import hold

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Told(BaseException):
    """A signal told the demo to end."""


@contextmanager
def running(installation: Installation) -> Iterator[Installation]:
    """Start everything of a state; stop it at the end, however that comes.

    Raises AlreadyRunning when another demo holds the state, and SetupError.
    """
    folder = installation.state.folder
    with hold(folder, "demo"), _told_by_signals():
        leftovers.clear(installation.state)
        try:
            start(installation)
            yield installation
        finally:
            _deaf_to_signals()
            with step("Stopping"):
                installation.stop()


def start(installation: Installation) -> None:
    """Start one after the other, each when the one before is ready: the service last."""
    installation.prepare()
    with step("PostgreSQL"):
        installation.start_postgres()
    with step("Tables"):
        installation.migrate()
    with step("Asterisk"):
        installation.start_asterisk()
    if installation.options.whatsapp:
        with step("WhatsApp's imitation"):
            installation.start_whatsapp()
    with step("Desk"):
        installation.start_desk()
    with step("Service"):
        installation.start_service()


def wait(installation: Installation) -> None:
    """Return when every program has ended; tell of each that does, and how to start it again."""
    while installation.pids:
        _wait_for_an_end(list(installation.pids.values()))
        commands = installation.commands()
        for name in installation.ended():
            print(
                f"\n{name} ended (see {installation.state.log(name)}). Start it again with:\n"
                f"  {shlex.join(commands[name])}",
                file=sys.stderr,
                flush=True,
            )


def _wait_for_an_end(pids: list[int]) -> None:
    descriptors = [os.pidfd_open(pid) for pid in pids]
    try:
        select.select(descriptors, [], [])
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


@contextmanager
def _told_by_signals() -> Iterator[None]:
    def told(_: int, __: FrameType | None) -> None:
        raise Told

    before = {number: signal.signal(number, told) for number in ENDS}
    try:
        with suppress(Told):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _deaf_to_signals() -> None:
    # A second Ctrl-C must not leave half of it running.
    for number in ENDS:
        signal.signal(number, signal.SIG_IGN)
