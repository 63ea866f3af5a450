"""The audit: looks at what is confidential, and what was done to accounts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    id: UUID
    at: datetime
    who: str
    did: str
    subject: str
    address: str


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
        who: str | None,
        subject: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[AuditEntry]:
        """Newest first. Raises NotAllowed, StoreAway."""
        actor.need(Right.AUDIT_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_audit"], who, subject, *(after or (None, None)), limit
            )
        return [AuditEntry(**row) for row in rows]
