"""Opening a ticket by hand: first what it is about, then the fields that this needs and no others.

What is typed is kept on the server (static/desk/draft.js), and once more when it is sent: whatever
refuses the ticket, and whatever happens to page or session, it is there again.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from aiohttp import web

from tickets import lifecycle
from tickets.cases.ticket_work import NewTicket
from tickets.errors import TicketError
from tickets.rights import Right
from tickets.ticket_form import FIELDS
from tickets.web.api.tickets import TicketIn
from tickets.web.notices import Notice
from tickets.web.pages.drafts import NEW, typed
from tickets.web.pages.page import Pages, Visit, notice_of
from tickets.web.problems import Problem, problem_of

pages = Pages("new_ticket")

CHANNELS = ("desk", "phone", "email", "visit")
CHOICES: Mapping[str, tuple[str, ...]] = {"unit": ("bal", "potong"), "grade": ("A", "B", "C")}
"""Fields that have only these values."""
PROSE = frozenset({"question", "wish", "account", "goods"})
"""Fields that are told in sentences."""
_GIVEN = ("phone", "name")
"""What another page may know already."""


@pages.get("/tickets/new")
async def new_ticket(visit: Visit) -> web.StreamResponse:
    """Without a category, which; with one, its form as it was typed so far."""
    visit.actor.need(Right.TICKETS_CHANGE)
    draft = await visit.desk.drafts.read(visit.actor, NEW)
    given = {name: visit.request.query.get(name, "")[:200] for name in _GIVEN}
    may = visit.actor.may(Right.CONFIDENTIAL)
    categories = [one for one in FIELDS if may or one not in lifecycle.CONFIDENTIAL]
    category = visit.request.query.get("category", "")
    values: dict[str, Any] = {
        "draft": draft,
        "values": {name: value for name, value in given.items() if value} | dict(draft.content),
        "given": urlencode({name: value for name, value in given.items() if value}),
    }
    if category not in categories:
        return visit.show("new_ticket_kinds.html", categories=categories, **values)
    return visit.show(
        "new_ticket.html",
        category=category,
        fields=FIELDS[category],
        choices=CHOICES,
        prose=PROSE,
        channels=CHANNELS,
        once=uuid4(),
        **values,
    )


@pages.post("/tickets/new")
async def open_ticket(visit: Visit) -> web.StreamResponse:
    """Sent twice, it is one ticket. What is refused is typed no second time."""
    visit.actor.need(Right.TICKETS_CHANGE)
    await visit.desk.drafts.keep(visit.actor, NEW, typed(visit.form))
    try:
        ticket = await visit.desk.ticket_work.open(visit.actor, _asked(visit), _once(visit))
    except (Problem, TicketError) as error:
        problem = problem_of(error)
        if problem is None or problem.status not in (409, 412, 422):
            raise
        category = urlencode({"category": visit.form.one("category")[:20]})
        return visit.go(f"/tickets/new?{category}", notice_of(problem))
    await visit.desk.drafts.drop(visit.actor, NEW)
    values = {"number": ticket.number}
    return visit.go(f"/tickets/{ticket.number}", Notice("work.opened", values=values))


@pages.post("/tickets/new/drop")
async def drop_draft(visit: Visit) -> web.StreamResponse:
    """Begin anew."""
    await visit.desk.drafts.drop(visit.actor, NEW)
    return visit.go("/tickets/new", Notice("new_ticket.dropped"))


def _asked(visit: Visit) -> NewTicket:
    needed = FIELDS.get(visit.form.one("category"), ())
    given = {
        name: value.strip()
        for name, value in visit.form.named("field.").items()
        if name in needed and value.strip()
    }
    told = visit.fits(TicketIn, fields=given, anonymous=bool(visit.form.one("anonymous")))
    return NewTicket(
        category=told.category,
        channel=told.channel,
        phone=told.phone,
        name=told.name,
        fields=told.fields,
        anonymous=told.anonymous,
        language=told.language,
        owner=visit.actor.login if visit.form.one("mine") else None,
        comment=told.comment or "",
    )


def _once(visit: Visit) -> UUID | None:
    """Of this form as it was shown to this person."""
    given = visit.form.one("once")[:64]
    return uuid5(visit.actor.user, f"new ticket {given}") if given else None
