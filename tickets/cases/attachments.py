"""Files on tickets: put there by people, checked, encrypted, and handed out as they were."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag

from tickets.cases.ticket_work import hold_ticket
from tickets.cases.tickets import Ticket, read_ticket
from tickets.errors import TicketError, Unacceptable
from tickets.file_kinds import clean_name, kind_of
from tickets.files import FileMissing, FileStore
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.shown import Attachment
from tickets.store import Store

MOST = 50
"""Files of one ticket."""
LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""


class AttachmentUnknown(TicketError):
    """No file that the actor may open has this id."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    files: FileStore
    clock: Callable[[], datetime]

    async def add(
        self,
        actor: Actor,
        number: str,
        name: str,
        content: bytes,
        id: UUID | None = None,  # noqa: A002
    ) -> Ticket:
        """With an `id` that was used already it is that file. Raises TicketUnknown, TicketMerged,
        and Unacceptable for a kind that is not taken and for too much."""
        actor.need(Right.TICKETS_CHANGE, Right.FILES)
        if len(content) > LARGEST:
            raise Unacceptable(f"a file has at most {LARGEST} bytes", "/file")
        kind = await asyncio.to_thread(kind_of, content)
        if kind is None:
            raise Unacceptable("files of this kind are not taken", "/file")
        file = id or uuid4()
        async with self.store.connection() as connection:
            async with connection.transaction():
                ticket = await hold_ticket(connection, actor, number)
                if await connection.fetchval(SQL["count_attachments"], ticket["id"]) >= MOST:
                    raise Unacceptable(f"a ticket has at most {MOST} files", "/file")
                stored = await asyncio.to_thread(self.files.keep, file, content)
                try:
                    await connection.execute(
                        SQL["add_attachment"],
                        file,
                        ticket["id"],
                        clean_name(name, kind),
                        kind,
                        stored,
                        len(content),
                        hashlib.sha256(content).hexdigest(),
                        actor.login,
                        self.clock(),
                    )
                except BaseException:
                    if id is None:
                        await asyncio.to_thread(self.files.drop, stored)
                    raise
                await note_look(connection, actor, "attachment.added", str(file))
            return await read_ticket(connection, actor, number)

    async def open(self, actor: Actor, attachment: UUID) -> tuple[Attachment, bytes]:
        """It and its content; the look is noted. Raises AttachmentUnknown, FileMissing."""
        actor.need(Right.TICKETS_READ, Right.FILES)
        may = (actor.may(Right.CONFIDENTIAL), actor.may(Right.ANONYMOUS))
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["attachment_to_open"], *may, attachment)
            if row is None:
                raise AttachmentUnknown(f"there is no file {attachment}")
            await note_look(connection, actor, "attachment.read", str(attachment))
        values = dict(row)
        content = await read_file(self.files, values.pop("stored"))
        return Attachment(**values), content


async def read_file(files: FileStore, name: str) -> bytes:
    """Raises FileMissing."""
    try:
        return await asyncio.to_thread(files.read, name)
    except (OSError, InvalidTag, ValueError) as error:
        raise FileMissing(
            f"the file of this entry cannot be read: {type(error).__name__}"
        ) from None
