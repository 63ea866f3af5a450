"""What the PBX noted of stays in its queues: a file a stay, a line a step.

Written by `[saluran-queue-note]` in config/asterisk/extensions_queue.conf, in the form of
`ivr.pbx_notes`. A stay that this service saw to its end needs no notes; those that are left
over tell what happened while it was away: who was answered, who hung up, whom the PBX lost.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path
from uuid import UUID

import structlog

from ivr import pbx_notes, stays
from ivr.conversation import Teller
from ivr.facts import Fact
from ivr.ids import call_id

log = structlog.get_logger()

_HOW = {
    "TIMEOUT": "timeout",
    "CALLBACK": "key",
    "MENU": "key",
    "JOINEMPTY": "empty",
    "LEAVEEMPTY": "empty",
    "JOINUNAVAIL": "empty",
    "LEAVEUNAVAIL": "empty",
}
_WITHDRAWN = {"move": "moved", "take": "taken"}
"""By the word with which a caller was taken out of the queue; else the line closed."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A stay as far as it came."""

    entry: UUID
    uniqueid: str
    lines: dict[str, tuple[datetime, str]]
    """The first time and the last value of each kind of line."""

    def at(self, key: str) -> datetime | None:
        return self.lines[key][0] if key in self.lines else None

    def value(self, key: str) -> str:
        return self.lines[key][1] if key in self.lines else ""


def read(path: Path) -> Noted:
    """The notes in a file, named `UNIQUEID_ENTRY.txt`; lines cut short by a crash are passed over.

    Raises OSError, and ValueError for a file that is none of ours.
    """
    lines: dict[str, tuple[datetime, str]] = {}
    for note in pbx_notes.read(path):
        first = lines[note.key][0] if note.key in lines else note.at
        lines[note.key] = (first, note.value)
    uniqueid, _, entry = path.stem.rpartition("_")
    return Noted(UUID(entry), uniqueid, lines)


def told(pbx: str, noted: Noted, now: datetime) -> Iterator[Fact]:
    """What the notes tell of a stay whose channel is no more."""
    call, entry = call_id(pbx, noted.uniqueid), noted.entry
    # Whole seconds are noted: a second later, so that what was seen as it happened holds.
    late = timedelta(seconds=1)
    came, end = noted.at("queue") or now, noted.at("end")
    # Told too: a service that was killed as the caller came in has kept nothing of them.
    if stay := _stay(call, noted):
        yield stays.joined(stay, int(noted.value("position") or 1), came + late)
    if answered := noted.at("agent"):
        agent, waited = noted.value("agent"), (answered - came).total_seconds()
        yield from stays.answered(entry, call, agent, max(waited, 0.0), 0.0, answered + late)
        over = noted.at("left") or end or now
        talked = max((over - answered).total_seconds(), 0.0)
        sent_on = noted.value("left") == "TRANSFER"
        by = (
            "transfer"
            if sent_on
            else "agent"
            if noted.value("left")
            else "caller"
            if end
            else "unknown"
        )
        yield stays.talk_ended(entry, call, agent, talked, by, over + late)
        return
    yield stays.left(entry, call, _how(noted), (noted.at("left") or end or now) + late)


def _stay(call: UUID, noted: Noted) -> stays.Stay | None:
    """None for one that was not noted so far."""
    try:
        since = datetime.fromtimestamp(float(noted.value("since")), UTC)
    except (ValueError, OverflowError):
        return None
    priority = int(noted.value("priority") or 0)
    return stays.Stay(noted.entry, call, None, noted.value("queue"), since, priority, ours=True)


def _how(noted: Noted) -> str:
    """How a stay ended that nobody answered."""
    if (way := noted.value("left")) == "WITHDRAW":
        return _WITHDRAWN.get(noted.value("why"), "closed")
    return _HOW.get(way) or ("abandoned" if noted.at("end") else "lost")


class StayNotes:
    """The folder of notes."""

    def __init__(self, folder: Path, pbx: str, teller: Teller, now: Callable[[], datetime]) -> None:
        self._folder, self._pbx, self._teller, self._now = folder, pbx, teller, now

    def forget(self, uniqueid: str) -> None:
        """The service saw a call to its end, and told all of it."""
        for path in self._folder.glob(f"{escape(uniqueid)}_*.txt"):
            path.unlink(missing_ok=True)

    async def take_in(self, alive: Callable[[], Awaitable[set[str] | None]]) -> None:
        """Tell what is left over of calls that are no more. `alive`: unique ids of the channels
        there are, None when that cannot be known. Raises NotKept."""
        # The files first: whoever comes while we ask has none among them.
        paths = list(self._folder.glob("*.txt"))
        living = await alive() if paths else None
        if living is None:
            return
        for path, noted in self._all(paths):
            if noted.uniqueid not in living:
                await self._teller.keep(*told(self._pbx, noted, self._now()))
                path.unlink(missing_ok=True)
                log.info("stay.taken_in", entry=str(noted.entry))

    def _all(self, paths: list[Path]) -> Iterator[tuple[Path, Noted]]:
        for path in paths:
            try:
                yield path, read(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                log.error("stay.unreadable", file=path.name, reason=str(error), remedy="remove it")
