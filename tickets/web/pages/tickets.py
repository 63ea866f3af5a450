"""The list of tickets: looked for, kept as views, moved together."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict

from tickets import lifecycle
from tickets.errors import TicketError
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.tickets import PLACE, FilterQuery, Move, TicketQuery, next_place, wanted
from tickets.web.api.views import ViewIn, written
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked, fitting, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import problem_of
from tickets.web.routes import ID

pages = Pages("tickets", nav=Nav("nav.tickets", "/tickets", (Right.TICKETS_READ,), key="t"))

MOST_AT_ONCE = 200


@pages.get("/tickets")
async def list_tickets(visit: Visit) -> web.StreamResponse:
    """Those that are looked for, with the views that everybody has and those that were saved."""
    query = asked(visit, TicketQuery)
    place = keyset.place(query.after, PLACE)
    found = await visit.desk.tickets.page(
        visit.actor,
        wanted(query),
        place and place[:2],
        query.limit,
        similar=bool(place and place[2]),
    )
    return visit.show(
        "tickets.html",
        found=found,
        query=query,
        following=following(visit, next_place(query, found)),
        views=_views(visit.actor.login, visit.desk.clock()),
        saved=await visit.desk.saved_views.all(visit.actor),
        written=written(query),
        categories=sorted(lifecycle.CATEGORIES),
        statuses=list(lifecycle.MOVES),
        colleagues=await visit.desk.tickets.colleagues(visit.actor),
        staff=await visit.desk.names.staff(visit.actor),
    )


@pages.post("/tickets/moves", back="/tickets")
async def move_several(visit: Visit) -> web.StreamResponse:
    """Each that can be moved; what became of each is told."""
    became = visit.fits(Move).became
    chosen = [_chosen(choice) for choice in visit.form.all("ticket")[:MOST_AT_ONCE]]
    if not chosen:
        return visit.go("/tickets", Notice("tickets.none_chosen", level="bad"))
    results = await visit.desk.ticket_work.move_several(visit.actor, chosen, became)
    told = [(one.number, _why(one.why)) for one in results]
    return visit.show("tickets_moved.html", results=told, became=became)


@pages.get("/tickets/moves")
async def no_moves(visit: Visit) -> web.StreamResponse:
    """Of a page that was reloaded: nothing is done a second time."""
    return visit.go("/tickets")


@pages.post("/tickets/views", back="/tickets")
async def save_view(visit: Visit) -> web.StreamResponse:
    """What the list shows, under a name."""
    pairs = parse_qsl(visit.form.one("query")[:2000])
    query = fitting(MultiDict(pairs), FilterQuery)
    given = visit.fits(ViewIn, filter=query, shared=bool(visit.form.one("shared")))
    text = written(query)
    await visit.desk.saved_views.add(visit.actor, given.name, text, given.shared)
    return visit.go(f"/tickets?{text}", Notice("views.saved", values={"name": given.name}))


@pages.post(f"/tickets/views/{ID}/drop", back="/tickets")
async def drop_view(visit: Visit) -> web.StreamResponse:
    """The tickets stay."""
    await visit.desk.saved_views.drop(visit.actor, visit.id)
    return visit.go("/tickets", Notice("views.dropped"))


def _chosen(text: str) -> tuple[str, int]:
    """A number and the version that was seen; one that is none fits no ticket."""
    number, _, version = text.partition(":")
    return number[:20], int(version) if version.isascii() and version.isdigit() else 0


def _why(error: TicketError | None) -> str | None:
    """The key of a text, None where it was moved."""
    problem = problem_of(error) if error else None
    return f"problem.{problem.kind}" if problem else None


def _views(login: str, now: datetime) -> Mapping[str, str]:
    """Addresses by the last part of their names."""
    soon = (now.astimezone(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    late = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "mine": f"/tickets?owner={login}&order=deadline",
        "unowned": "/tickets?owned=false&order=deadline",
        "late": f"/tickets?due_before={late}&order=deadline",
        "soon": f"/tickets?due_before={soon}&order=deadline",
        "all": "/tickets",
    }
