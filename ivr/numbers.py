"""Ticket numbers set aside for this service: callers hear one while PostgreSQL is away, too."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from config.numbers import ticket_number
from config.speech import WIB
from ivr.ports import Desk

log = structlog.get_logger()

LOW = 100
"""With fewer left, another block is asked for."""


class TicketNumbers:
    """Blocks of sequence numbers in a file of this service alone."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now
        self._blocks: list[tuple[int, int, int]] = _read(file)
        """Year, next, and end (not included)."""

    @property
    def left(self) -> int:
        """Numbers left of this year."""
        year = self._year()
        return sum(end - first for of, first, end in self._blocks if of == year)

    def take(self) -> str | None:
        """The next number, on disk as taken before it is returned; None when none is left.

        A number that the disk does not let us mark as taken is not given either.
        """
        year = self._year()
        for place, (of, first, end) in enumerate(self._blocks):
            if of == year and first < end:
                self._blocks[place] = (of, first + 1, end)
                try:
                    self._write()
                except OSError as error:
                    log.error("numbers.not_written", reason=str(error), remedy="free the disk")
                    return None
                return ticket_number(year, first)
        log.warning("numbers.none_left", remedy="a ticket gets its number when PostgreSQL is back")
        return None

    async def refill(self, desk: Desk) -> None:
        """Ask for a block when few are left. Raises `DeskAway`, OSError."""
        year = self._year()
        if self.left >= LOW:
            return
        block = await desk.number_block(year)
        current = [found for found in self._blocks if found[0] == year and found[1] < found[2]]
        self._blocks = [*current, (year, block.start, block.stop)]
        self._write()

    def _year(self) -> int:
        return self._now().astimezone(WIB).year

    def _write(self) -> None:
        temporary = self._file.with_name(f".{self._file.name}")
        with temporary.open("w") as out:
            json.dump(self._blocks, out)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self._file)


def _read(file: Path) -> list[tuple[int, int, int]]:
    try:
        return [(int(y), int(first), int(end)) for y, first, end in json.loads(file.read_text())]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        log.error("numbers.unreadable", reason=str(error), remedy="a new block is asked for")
        return []
