"""The audit: who looked at what is confidential, and what was done to accounts."""

from datetime import MAXYEAR, date, datetime, timedelta
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter

from config.calendar import WIB
from tickets.looks import AuditFilter
from tickets.rights import Right
from tickets.web import keyset, spreadsheet
from tickets.web.keyset import PageQuery
from tickets.web.pages.listing import asked, following, without
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.texts import Day, Words

pages = Pages("audit", nav=Nav("nav.audit", "/audit", (Right.AUDIT_READ,)))

_PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])
HEADS = ("at", "who", "did", "subject", "address")
EXPORT_SECONDS = 120.0


class _Narrowed(BaseModel):
    """By days as people write them; the last one counts too."""

    model_config = ConfigDict(extra="forbid")

    who: Words | None = None
    subject: Words | None = None
    did: Words | None = None
    day_from: Day | None = None
    day_until: Day | None = None

    def wanted(self) -> AuditFilter:
        return AuditFilter(
            who=self.who,
            subject=self.subject,
            did=self.did,
            at_from=_midnight(self.day_from),
            at_until=_midnight(self.day_until, later=1),
        )


def _midnight(day: date | None, later: int = 0) -> datetime | None:
    if day is None or day.year == MAXYEAR:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=WIB) + timedelta(days=later)


class _AuditQuery(PageQuery, _Narrowed):
    """Which entries."""


@pages.get("/audit")
async def list_audit(visit: Visit) -> web.StreamResponse:
    """Entries, the newest first."""
    query = asked(visit, _AuditQuery)
    place = keyset.place(query.after, _PLACE)
    found = await visit.desk.audit.page(visit.actor, query.wanted(), place, query.limit)
    after = keyset.written((found[-1].at, found[-1].id)) if len(found) == query.limit else None
    return visit.show(
        "audit.html",
        entries=found,
        query=query,
        following=following(visit, after),
        deeds=sorted(key for key in visit.words if key.startswith("audit.done.")),
        narrowed=without(visit, "after", "limit"),
    )


@pages.get("/audit/export")
async def export_audit(visit: Visit) -> web.StreamResponse:
    """The same as a table for spreadsheets; times in ISO 8601."""
    query = asked(visit, _Narrowed)
    visit.actor.need(Right.AUDIT_READ)
    heads = [visit.words(f"audit.{name}") for name in HEADS]
    response = await spreadsheet.begin(visit.request, "audit", heads)
    async for found in visit.desk.audit.export(visit.actor, query.wanted()):
        rows = [
            (
                one.at.astimezone(WIB).isoformat(timespec="seconds"),
                one.who,
                visit.words.of("audit.done", one.did),
                one.subject,
                one.address,
            )
            for one in found
        ]
        await response.write(spreadsheet.lines(rows).encode())
    await response.write_eof()
    return response
