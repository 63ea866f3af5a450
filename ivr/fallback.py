"""Takes in what the PBX took alone while the service was away: each call once, none lost.

A file leaves `fallback/` only when its facts are kept and its message is stored. A crash between
any two steps repeats the import, which changes nothing: all ids are derived (ivr.fallback_facts).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import structlog

from ivr.conversation import Teller
from ivr.fallback_facts import Case, facts
from ivr.fallback_notes import Notes, NotesUnreadable, read
from ivr.journal import NotKept
from ivr.ports import Hours
from ivr.recordings import RecordingEmpty, Recordings, RecordingUnreadable, Stored

log = structlog.get_logger()

KEPT_DAYS = 14
"""Imported files stay so long, for whoever has to look into a fault; they hold numbers."""

Live = Callable[[], Awaitable[Collection[str] | None]]
"""The unique ids of the channels on the PBX now; None when it cannot be asked."""


class FallbackSpool:
    """The folder shared with one PBX: `fallback/` and `messages/`."""

    def __init__(
        self, shared: Path, pbx: str, hours: Hours, recordings: Recordings, teller: Teller
    ) -> None:
        self._folder = shared / "fallback"
        self._messages = shared / "messages"
        self._pbx = pbx
        self._hours = hours
        self._recordings = recordings
        self._teller = teller
        self._one_at_a_time = asyncio.Lock()

    async def take_in(self, live: Live) -> int:
        """Import every call that is over; how many there were.

        A call whose end was never noted (the PBX died) is over when its channel is gone. What
        cannot be kept now stays for the next time.
        """
        async with self._one_at_a_time:
            paths = sorted(self._folder.glob("*.txt"))
            # Asked after the folder was read and before the files are: one that is still being
            # written belongs to a channel that this answer names.
            alive = await live() if paths else None
            return sum([await self._take(path, alive) for path in paths])

    def prune(self) -> None:
        """Remove imported files that have been kept long enough."""
        oldest = time.time() - KEPT_DAYS * 86_400
        for path in (self._folder / "done").glob("*.txt"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    async def _take(self, path: Path, alive: Collection[str] | None) -> bool:
        try:
            notes = read(path)
            if not notes.ended and (alive is None or notes.uniqueid in alive):
                return False
            await self._import(notes)
            self._move(path, "done")
        except NotesUnreadable as error:
            self._put_aside(path, str(error))
            return False
        except (OSError, NotKept) as error:
            log.error(
                "fallback.not_imported",
                file=path.name,
                reason=str(error),
                remedy="free the disk and check the folders' rights; it is tried again",
            )
            return False
        return True

    async def _import(self, notes: Notes) -> None:
        case = Case(self._pbx, notes)
        message = self._messages / f"{notes.entry}.wav"
        case = Case(self._pbx, notes, await self._stored(message, case))
        await self._teller.keep(*facts(case, self._hours.next_opening))
        message.unlink(missing_ok=True)
        log.info("fallback.imported", call=str(case.call), file=notes.entry, cut=notes.cut)

    async def _stored(self, message: Path, case: Case) -> Stored | None:
        try:
            return await self._recordings.store(message, case.id("recording"))
        except (FileNotFoundError, RecordingEmpty):
            return None
        except RecordingUnreadable as error:
            self._put_aside(message, str(error))
            return None

    def _put_aside(self, path: Path, reason: str) -> None:
        self._move(path, "bad")
        log.error(
            "fallback.unreadable",
            file=path.name,
            reason=reason,
            remedy=f"look at {path.parent / 'bad' / path.name}; call back by hand if it is a call",
        )

    def _move(self, path: Path, where: str) -> None:
        folder = path.parent / where
        folder.mkdir(exist_ok=True)
        path.replace(folder / path.name)
