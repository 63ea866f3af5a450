"""Pictures, voice notes and papers: fetched, looked at, and kept as a ticket's files are.

What is too large is refused by what is said of its size, and where that lies, as soon as it shows.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid5

import structlog

from tickets.errors import TicketError
from tickets.file_kinds import clean_name, hides_markup, kind_of
from tickets.files import FileStore
from tickets.queries import SQL
from tickets.store import Connection, Store

log = structlog.get_logger()

LARGEST = 16 * 1024 * 1024
"""Bytes: what WhatsApp itself takes of pictures, voices and films; only papers may be larger."""
MOST = 50
"""Files of one ticket, as by hand."""
_FILES = UUID("2f3f0c53-7d8c-5a43-8a25-5b3d4e1cb0aa")
_HELD = timedelta(minutes=5)
_MOST_TRIES = 12
_LONGEST_WAIT = timedelta(hours=1)
NAMES: Mapping[str, str] = {
    "image": "gambar",
    "audio": "pesan-suara",
    "video": "video",
    "document": "dokumen",
    "sticker": "stiker",
}


class MediaAway(TicketError):
    """It could not be fetched now; later it may be."""


class MediaGone(TicketError):
    """WhatsApp has it no more."""


class MediaTooLarge(TicketError):
    """It has more bytes than are taken."""


class MediaSource(Protocol):
    """Where WhatsApp keeps what people send."""

    async def fetch(self, media: str, most: int) -> bytes:
        """Raises MediaAway, MediaGone, and MediaTooLarge without reading more than `most`."""
        ...


@dataclass(frozen=True, slots=True)
class MediaRoom:
    """Every method raises StoreAway."""

    store: Store
    source: MediaSource
    files: FileStore
    clock: Callable[[], datetime]

    async def fetch_one(self) -> bool:
        """Whether there was one to fetch."""
        async with self.store.connection() as connection, connection.transaction():
            row = await connection.fetchrow(SQL["due_media"])
            if row is None:
                return False
            await connection.execute(SQL["hold_media"], row["id"], _HELD)
        try:
            content = await self.source.fetch(row["media_id"], LARGEST)
        except MediaTooLarge:
            await self._not(row, "refused", "large")
        except MediaGone:
            await self._not(row, "lost", "gone")
        except MediaAway as error:
            await self._later(row, error)
        else:
            await self._keep(row, content)
        return True

    async def _later(self, row: Mapping[str, Any], error: MediaAway) -> None:
        log.info("whatsapp.media_away", reason=str(error), tries=row["media_tries"] + 1)
        if row["media_tries"] + 1 >= _MOST_TRIES:
            await self._not(row, "lost", "away")
            return
        wait = min(timedelta(seconds=5.0 * 3.0 ** row["media_tries"]), _LONGEST_WAIT)
        async with self.store.connection() as connection:
            await connection.execute(SQL["media_again"], row["id"], wait)

    async def _keep(self, row: Mapping[str, Any], content: bytes) -> None:
        kind = await asyncio.to_thread(_looked_at, content)
        if kind is None:
            await self._not(row, "refused", "kind")
            return
        # The same file however often this is begun.
        file = uuid5(_FILES, str(row["id"]))
        stored = await asyncio.to_thread(self.files.keep, file, content)
        async with self.store.connection() as connection, connection.transaction():
            ticket = await connection.fetchval(SQL["ticket_of_media"], row["id"])
            full = await connection.fetchval(SQL["count_attachments"], ticket) >= MOST
            if not full:
                await self._attach(connection, row, ticket, file, kind, stored, content)
        if full:
            await asyncio.to_thread(self.files.drop, stored)
            await self._not(row, "refused", "full")

    async def _attach(
        self,
        connection: Connection,
        row: Mapping[str, Any],
        ticket: UUID,
        file: UUID,
        kind: str,
        stored: str,
        content: bytes,
    ) -> None:
        await connection.execute(
            SQL["add_attachment"],
            file,
            ticket,
            clean_name(row["media_name"] or NAMES.get(row["kind"], "berkas"), kind),
            kind,
            stored,
            len(content),
            hashlib.sha256(content).hexdigest(),
            "caller",
            self.clock(),
        )
        await connection.execute(SQL["media_kept"], row["id"], file)

    async def _not(self, row: Mapping[str, Any], state: str, why: str) -> None:
        log.info("whatsapp.media_not_kept", state=state, why=why, kind=row["kind"])
        async with self.store.connection() as connection:
            await connection.execute(SQL["media_not_kept"], row["id"], state, why)


def _looked_at(content: bytes) -> str | None:
    """Its media type, if it is of a kind that is taken and pretends nothing."""
    kind = kind_of(content)
    return None if kind is None or hides_markup(content, kind) else kind
