"""The audit: looks at what is confidential, and what was done to accounts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

EXPORTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    id: UUID
    at: datetime
    who: str
    did: str
    subject: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What is None does not narrow."""

    who: str | None = None
    subject: str | None = None
    did: str | None = None
    at_from: datetime | None = None
    at_until: datetime | None = None


async def note_look(connection: Connection, actor: Actor, did: str, subject: str) -> None:
    """Written before it is shown: a look that cannot be noted is not allowed."""
    await connection.execute(SQL["note_audit"], actor.login, did, subject, actor.address)


async def note_look_once(
    connection: Connection, actor: Actor, did: str, subject: str, within: timedelta
) -> None:
    """As `note_look`, for what is asked for in many parts: those of some minutes are one look."""
    given = (actor.login, did, subject, actor.address, within)
    await connection.execute(SQL["note_audit_once"], *given)


@dataclass(frozen=True, slots=True)
class Audit:
    store: Store

    async def page(
        self,
        actor: Actor,
        wanted: AuditFilter,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[AuditEntry]:
        """Newest first. Raises NotAllowed, StoreAway."""
        actor.need(Right.AUDIT_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_audit"],
                wanted.who,
                wanted.subject,
                *(after or (None, None)),
                limit,
                wanted.did,
                wanted.at_from,
                wanted.at_until,
            )
        return [AuditEntry(**row) for row in rows]

    async def export(self, actor: Actor, wanted: AuditFilter) -> AsyncIterator[list[AuditEntry]]:
        """All that fit, newest first and some at a time; that it was taken out is noted."""
        actor.need(Right.AUDIT_READ)
        async with self.store.connection() as connection:
            await note_look(connection, actor, "audit.exported", "")
        after = None
        while found := await self.page(actor, wanted, after, EXPORTED_AT_ONCE):
            yield found
            after = (found[-1].at, found[-1].id)
