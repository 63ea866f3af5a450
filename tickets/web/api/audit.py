"""The audit: who looked at what is confidential, and what was done to accounts."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from tickets.looks import AuditEntry
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Words

routes = Routes("audit")

_PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])


class AuditQuery(PageQuery):
    """Which entries."""

    who: Words | None = None
    subject: Words | None = None


@routes.get("/audit")
async def list_audit(ask: Ask[AuditQuery, None]) -> Page[AuditEntry]:
    """Entries, the newest first."""
    query = ask.query
    found = await ask.desk.audit.page(
        ask.actor, query.who, query.subject, keyset.place(query.after, _PLACE), query.limit
    )
    following = None
    if len(found) == query.limit:
        following = keyset.written((found[-1].at, found[-1].id))
    return Page[AuditEntry](items=found, next=following)
