"""Voice messages on their way from the PBX's folder into the store.

The PBX writes `CALL_TICKET_RECORDING.wav` (three ids in hex), so that a file alone tells whose it
is: whatever a crash or a hangup leaves behind is taken in later. A file leaves the folder only when
its audio is stored and its fact is kept.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from ivr.conversation import Teller
from ivr.facts import MessageLeft
from ivr.ids import new_id
from ivr.journal import NotKept
from ivr.recordings import RecordingEmpty, Recordings, RecordingUnreadable

log = structlog.get_logger()

NAME = re.compile(r"([0-9a-f]{32})_([0-9a-f]{32})_([0-9a-f]{32})")


class MessageFolder:
    """The folder that the PBX records into, as the service sees it."""

    def __init__(
        self, folder: Path, store: Recordings, teller: Teller, now: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._store = store
        self._teller = teller
        self._now = now

    async def keep(self, name: str) -> bool:
        """Take one message in; False when nothing was said in it. Raises OSError, NotKept."""
        match = NAME.fullmatch(name)
        path = self._folder / f"{name}.wav"
        if not match or not path.exists():
            return False
        call, ticket, recording = (UUID(part) for part in match.groups())
        try:
            stored = await self._store.store(path, recording)
        except RecordingEmpty:
            path.unlink()
            return False
        except RecordingUnreadable as error:
            self._put_aside(path, str(error))
            return False
        await self._teller.keep(
            MessageLeft(
                id=new_id(),
                call=call,
                at=self._now(),
                recording=recording,
                ticket=ticket,
                name=stored.name,
                seconds=stored.seconds,
                size=stored.size,
                sha256=stored.sha256,
                silent=stored.silent,
            )
        )
        path.unlink()
        return not stored.silent

    async def discard(self, name: str) -> None:
        """The caller does not want it kept."""
        if NAME.fullmatch(name):
            (self._folder / f"{name}.wav").unlink(missing_ok=True)

    async def gather(self, call: UUID) -> None:
        """Take in what an ended call left behind, e.g. by hanging up while recording."""
        await self._take(lambda owner: owner == call)

    async def sweep(self, live: Collection[UUID]) -> None:
        """Take in what no live call owns."""
        await self._take(lambda owner: owner not in live)

    async def _take(self, wanted: Callable[[UUID], bool]) -> None:
        for path in sorted(self._folder.glob("*.wav")):
            match = NAME.fullmatch(path.stem)
            if match and wanted(UUID(match[1])):
                try:
                    await self.keep(path.stem)
                except (OSError, NotKept) as error:
                    log.error("message.not_stored", reason=str(error), remedy="free the disk")

    def _put_aside(self, path: Path, reason: str) -> None:
        aside = self._folder / "bad"
        aside.mkdir(exist_ok=True)
        path.rename(aside / path.name)
        log.error("message.unreadable", file=path.name, reason=reason, remedy=f"see {aside}")
