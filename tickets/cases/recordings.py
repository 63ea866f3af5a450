"""Hearing recordings: by those who may, each look noted, and by links that a player can use."""

import asyncio
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from tickets.cases.attachments import read_file
from tickets.errors import TicketError
from tickets.files import FileStore
from tickets.looks import note_look, note_look_once
from tickets.queries import SQL
from tickets.rights import Actor, Right, Role
from tickets.store import Store
from tickets.waveform import outline, repaired, seconds

LENT = timedelta(minutes=5)
"""So long a link holds: a talk of an hour is loaded by then, or the page asks for another one."""
AT_ONCE = 2
"""Recordings that are decrypted at the same time: each lies in memory whole meanwhile."""
_MAC = 32
_LENT_RIGHTS = (Right.CONFIDENTIAL, Right.ANONYMOUS)


class RecordingUnknown(TicketError):
    """No recording that the actor may hear has this id, or the link is over or none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """What a player draws before anything is heard."""

    id: UUID
    seconds: float
    peaks: list[int]
    """0 to 100, evenly over the whole of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """For one recording and whoever asked for it."""

    text: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Recordings:
    """Every method raises NotAllowed and StoreAway; those with a recording RecordingUnknown."""

    store: Store
    files: FileStore
    key: bytes
    """Signs links; 32 bytes."""
    clock: Callable[[], datetime]
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def hear(self, actor: Actor, recording: UUID) -> bytes:
        """The WAV. Raises FileMissing."""
        row = await self._look(actor, recording)
        async with self._gate:
            return repaired(await read_file(self.files, row["name"]))

    async def waveform(self, actor: Actor, recording: UUID) -> Waveform:
        """Raises FileMissing."""
        row = await self._look(actor, recording)
        async with self._gate:
            wav = repaired(await read_file(self.files, row["name"]))
            peaks = await asyncio.to_thread(outline, wav)
        # What the row tells is what the recorder said, which may have been killed meanwhile.
        return Waveform(id=recording, seconds=seconds(wav) or row["seconds"], peaks=peaks)

    async def lend(self, actor: Actor, recording: UUID) -> Link:
        """A link that holds for minutes, for this recording alone, as this actor."""
        async with self.store.connection() as connection:
            await self._row(connection, actor, recording)
            await note_look(connection, actor, "recording.lent", str(recording))
        ends_at = self.clock() + LENT
        rights = sum(1 << n for n, right in enumerate(_LENT_RIGHTS) if actor.may(right))
        said = recording.bytes + actor.user.bytes + int(ends_at.timestamp()).to_bytes(8, "big")
        said += rights.to_bytes(1, "big")
        return Link(text=_written(said + self._mac(said)), ends_at=ends_at)

    async def borrowed(self, link: str, address: str) -> tuple[Actor, UUID]:
        """Who asked for it, with the rights that both they and the link have now, and for what."""
        said = self._said(link)
        recording, user = UUID(bytes=said[:16]), UUID(bytes=said[16:32])
        if self.clock().timestamp() >= int.from_bytes(said[32:40], "big"):
            raise RecordingUnknown("this link is over: ask for another one")
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["user_by_id"], user)
        if row is None:
            raise RecordingUnknown("this link is over: ask for another one")
        lent = {right for n, right in enumerate(_LENT_RIGHTS) if said[40] >> n & 1}
        actor = Actor(
            user=user,
            login=row["login"],
            name=row["name"],
            role=Role(row["role"]),
            extension=row["extension"],
            scopes=frozenset({Right.FILES} | lent),
            address=address,
        )
        return actor, recording

    async def _look(self, actor: Actor, recording: UUID) -> Any:
        async with self.store.connection() as connection:
            row = await self._row(connection, actor, recording)
            await note_look_once(connection, actor, "recording.heard", str(recording), LENT)
        return row

    async def _row(self, connection: Any, actor: Actor, recording: UUID) -> Any:
        actor.need(Right.FILES)
        may = (actor.may(Right.CONFIDENTIAL), actor.may(Right.ANONYMOUS))
        row = await connection.fetchrow(SQL["recording_to_hear"], *may, recording)
        if row is None:
            raise RecordingUnknown(f"there is no recording {recording}")
        return row

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self.key, said, sha256)

    def _said(self, link: str) -> bytes:
        try:
            whole = urlsafe_b64decode(link.encode("ascii") + b"=" * (-len(link) % 4))
        except ValueError:
            whole = b""
        said, mac = whole[:-_MAC], whole[-_MAC:]
        if len(said) != 41 or not hmac.compare_digest(mac, self._mac(said)):
            raise RecordingUnknown("this is no link of ours")
        return said


def _written(whole: bytes) -> str:
    return urlsafe_b64encode(whole).decode().rstrip("=")
