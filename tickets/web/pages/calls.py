"""Calls on pages, and what happened in each."""

from aiohttp import web

from tickets.cases.calls import CallFilter
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.calls import PLACE, CallQuery
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import ID

pages = Pages("calls", nav=Nav("nav.calls", "/calls", (Right.CALLS_READ,), key="l"))

OUTCOMES = ("agent", "promise", "information", "hung_up", "failed")


@pages.get("/calls")
async def list_calls(visit: Visit) -> web.StreamResponse:
    """The newest first."""
    query = asked(visit, CallQuery)
    place = keyset.place(query.after, PLACE)
    wanted = CallFilter(outcome=query.outcome, phone=query.phone)
    found = await visit.desk.calls.page(visit.actor, wanted, place, query.limit)
    after = (
        keyset.written((found[-1].began_at, found[-1].id)) if len(found) == query.limit else None
    )
    return visit.show(
        "calls.html",
        found=found,
        query=query,
        outcomes=OUTCOMES,
        following=following(visit, after),
    )


@pages.get(f"/calls/{ID}/state")
async def show_state(visit: Visit) -> web.StreamResponse:
    """How it ended, once it has; a page with a call that goes on asks for it by itself."""
    return visit.show("call_state.html", call=await visit.desk.calls.state(visit.actor, visit.id))


@pages.get(f"/calls/{ID}")
async def show_call(visit: Visit) -> web.StreamResponse:
    """Step by step, with its waits and the tickets that came of it."""
    call = await visit.desk.calls.read(visit.actor, visit.id)
    return visit.show("call.html", call=call, staff=await visit.desk.names.staff(visit.actor))
