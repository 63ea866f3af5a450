"""The audit: who looked at what is confidential, and what was done to accounts."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from tickets.looks import AuditEntry, AuditFilter
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Moment, Words

routes = Routes("audit")

PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])


class AuditQuery(PageQuery):
    """Which entries."""

    who: Words | None = None
    subject: Words | None = None
    did: Words | None = None
    """Such as `ticket.read`."""
    at_from: Moment | None = None
    at_until: Moment | None = None

    def wanted(self) -> AuditFilter:
        return AuditFilter(
            who=self.who,
            subject=self.subject,
            did=self.did,
            at_from=self.at_from,
            at_until=self.at_until,
        )


@routes.get("/audit")
async def list_audit(ask: Ask[AuditQuery, None]) -> Page[AuditEntry]:
    """Entries, the newest first."""
    query = ask.query
    found = await ask.desk.audit.page(
        ask.actor, query.wanted(), keyset.place(query.after, PLACE), query.limit
    )
    following = None
    if len(found) == query.limit:
        following = keyset.written((found[-1].at, found[-1].id))
    return Page[AuditEntry](items=found, next=following)
