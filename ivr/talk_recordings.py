"""Recordings of talks on their way from the PBX's folder into the store.

The PBX writes `CALL_ENTRY_RECORDING.wav` (three ids in hex) while an agent talks with a caller who
agreed, so that a file alone tells whose it is. It leaves the folder when its audio is stored and
its fact is kept.
"""

import asyncio
import re
import time
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from ivr.conversation import Teller
from ivr.facts_queue import TalkRecorded
from ivr.ids import new_id
from ivr.journal import NotKept
from ivr.recordings import RecordingEmpty, Recordings, RecordingUnreadable

log = structlog.get_logger()

NAME = re.compile(r"([0-9a-f]{32})_([0-9a-f]{32})_([0-9a-f]{32})")
QUIET = 3.0
"""Seconds without a write after which a recording is whole: the PBX writes all the time."""


class TalkFolder:
    """The folder that the PBX records talks into, as the service sees it."""

    def __init__(
        self, folder: Path, store: Recordings, teller: Teller, now: Callable[[], datetime]
    ) -> None:
        self._folder, self._store, self._teller, self._now = folder, store, teller, now

    async def take_in(self, live: Collection[UUID]) -> None:
        """Store what is whole; `live` are the entries of the talks that go on."""
        for path in sorted(self._folder.glob("*.wav")):
            match = NAME.fullmatch(path.stem)
            if match and UUID(match[2]) not in live and _is_whole(path):
                try:
                    await self._store_one(path, *(UUID(part) for part in match.groups()))
                except (OSError, NotKept) as error:
                    log.error("talk.not_stored", reason=str(error), remedy="free the disk")

    async def _store_one(self, path: Path, call: UUID, entry: UUID, recording: UUID) -> None:
        try:
            stored = await self._store.store(path, recording)
        except RecordingEmpty:
            await asyncio.to_thread(path.unlink)
            return
        except RecordingUnreadable as error:
            self._put_aside(path, str(error))
            return
        await self._teller.keep(
            TalkRecorded(
                id=new_id(),
                call=call,
                at=self._now(),
                recording=recording,
                entry=entry,
                name=stored.name,
                seconds=stored.seconds,
                size=stored.size,
                sha256=stored.sha256,
            )
        )
        await asyncio.to_thread(path.unlink)

    def _put_aside(self, path: Path, reason: str) -> None:
        aside = self._folder / "bad"
        aside.mkdir(exist_ok=True)
        path.rename(aside / path.name)
        log.error("talk.unreadable", file=path.name, reason=reason, remedy=f"see {aside}")


def _is_whole(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > QUIET
    except FileNotFoundError:
        return False
