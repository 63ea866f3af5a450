"""The audit: who looked at what is confidential, and what was done to accounts."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter

from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.audit import AuditQuery
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit

pages = Pages("audit", nav=Nav("nav.audit", "/audit", (Right.AUDIT_READ,)))

_PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])


@pages.get("/audit")
async def list_audit(visit: Visit) -> web.StreamResponse:
    """Entries, the newest first."""
    query = asked(visit, AuditQuery)
    found = await visit.desk.audit.page(
        visit.actor, query.who, query.subject, keyset.place(query.after, _PLACE), query.limit
    )
    after = keyset.written((found[-1].at, found[-1].id)) if len(found) == query.limit else None
    return visit.show("audit.html", entries=found, query=query, following=following(visit, after))
