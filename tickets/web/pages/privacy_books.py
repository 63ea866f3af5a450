"""Personal data as a whole: the ledger of consents, what retention will destroy, and a breach."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, model_validator

from config.calendar import WIB
from tickets.cases.consent_book import LedgerFilter
from tickets.cases.data_requests import LEGAL
from tickets.consents import Purpose
from tickets.privacy.touched import Touched, Window
from tickets.web import keyset, spreadsheet
from tickets.web.keyset import PageQuery
from tickets.web.pages.listing import asked, following, without
from tickets.web.pages.page import Pages, Visit
from tickets.web.shown_times import from_input
from tickets.web.texts import Words

pages = Pages("privacy_books")

_PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])
CHANNELS = ("call", "whatsapp", "desk")


def _moment(given: object) -> object:
    return from_input(given) if isinstance(given, str) else given


When = Annotated[datetime, BeforeValidator(_moment)]


class _LedgerQuery(PageQuery):
    """Which words."""

    purpose: Purpose | None = None
    word: Literal["yes", "no"] | None = None
    channel: Literal["call", "whatsapp", "desk"] | None = None


class _Window(BaseModel):
    """When it happened, and by whom if that is known."""

    model_config = ConfigDict(extra="forbid")

    since: When | None = None
    until: When | None = None
    known_at: When | None = None
    who: Words | None = None
    address: Words | None = None
    scope: Literal["looked", "all"] = "looked"

    @model_validator(mode="after")
    def _in_order(self) -> "_Window":
        if self.since and self.until and self.until <= self.since:
            raise ValueError("the end comes before the beginning")
        return self


@pages.get("/privacy/consents")
async def list_consents(visit: Visit) -> web.StreamResponse:
    """The newest first."""
    query = asked(visit, _LedgerQuery)
    granted = None if query.word is None else query.word == "yes"
    wanted = LedgerFilter(purpose=query.purpose, granted=granted, channel=query.channel)
    place = keyset.place(query.after, _PLACE)
    found = await visit.desk.consent_book.page(visit.actor, wanted, place, query.limit)
    after = keyset.written((found[-1].at, found[-1].id)) if len(found) == query.limit else None
    return visit.show(
        "consents.html",
        found=found,
        query=query,
        purposes=list(Purpose),
        channels=CHANNELS,
        following=following(visit, after),
    )


@pages.get("/privacy/retention")
async def show_retention(visit: Visit) -> web.StreamResponse:
    """What a run would destroy now."""
    return visit.show("retention.html", found=await visit.desk.retention.due(visit.actor))


@pages.get("/privacy/breach")
async def show_breach(visit: Visit) -> web.StreamResponse:
    """Of whom something was seen, and what they have to be told by when."""
    query = asked(visit, _Window)
    found = await _touched(visit, query)
    return visit.show(
        "breach.html",
        query=query,
        found=found,
        due_at=query.known_at and query.known_at + LEGAL,
        narrowed=without(visit),
    )


@pages.get("/privacy/breach.csv")
async def breach_csv(visit: Visit) -> web.StreamResponse:
    """The same, to write to them; numbers are whole."""
    found = await _touched(visit, asked(visit, _Window)) or []
    names = ("who", "phones", "looks", "first_at", "last_at")
    words = [
        visit.words("people.phones" if name == "phones" else f"privacy.{name}") for name in names
    ]
    response = await spreadsheet.begin(visit.request, "terdampak", words)
    rows = [
        (
            one.name,
            " ".join(phone.removeprefix("+") for phone in one.phones),
            one.looks,
            one.first_at.astimezone(WIB).isoformat(timespec="seconds"),
            one.last_at.astimezone(WIB).isoformat(timespec="seconds"),
        )
        for one in found
    ]
    await response.write(spreadsheet.lines(rows).encode())
    await response.write_eof()
    return response


async def _touched(visit: Visit, query: _Window) -> list[Touched] | None:
    """None before a window is given."""
    book = visit.desk.personal_data
    if query.since is None or query.until is None:
        # Whoever may not see the answer may not see the question.
        book.allowed(visit.actor)
        return None
    everybody = query.scope == "all"
    window = Window(query.since, query.until, query.who, query.address, everybody)
    return await book.touched(visit.actor, window)
