"""Callbacks on pages: what is due, late, promised, kept and failed; made, moved, taken, ended."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, TypeAdapter

from tickets.cases.callbacks import CallbackRow
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.callbacks import PLACE
from tickets.web.keyset import PageQuery
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import ID
from tickets.web.shown_times import from_input
from tickets.web.texts import Moment, Number, PhoneText

pages = Pages("callbacks", nav=Nav("nav.callbacks", "/callbacks", (Right.CALLBACKS_READ,), key="c"))

HERE = "/callbacks/{id}"
VIEWS = ("open", "due", "late", "tasks", "kept", "cancelled")
View = Literal["open", "due", "late", "tasks", "kept", "cancelled"]
PAST: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])
STEP = timedelta(minutes=15)


def _written(given: object) -> object:
    """As `datetime-local` sends it: the time of Jakarta."""
    return from_input(given) if isinstance(given, str) else given


When = Annotated[Moment, BeforeValidator(_written)]


class CallbacksQuery(PageQuery):
    view: View = "open"


class NewCallback(BaseModel):
    ticket: Number
    phone: PhoneText | None = None
    due: When


class NewTime(BaseModel):
    due: When


@pages.get("/callbacks")
async def list_callbacks(visit: Visit) -> web.StreamResponse:
    """In the order in which they are served; those that are over, the last first."""
    query = asked(visit, CallbacksQuery)
    past = {"kept": "done", "cancelled": "cancelled"}.get(query.view)
    found, place = await (_past(visit, query, past) if past else _live(visit, query))
    after = keyset.written(place) if len(found) == query.limit else None
    now = visit.desk.clock()
    return visit.show(
        "callbacks.html",
        found=found,
        query=query,
        views=VIEWS,
        following=following(visit, after),
        forgiven=visit.desk.live.forgiven,
        soonest=now + STEP,
        ticket=visit.request.query.get("ticket", "")[:20],
    )


@pages.post("/callbacks", back="/callbacks")
async def make_callback(visit: Visit) -> web.StreamResponse:
    """For a ticket, to its number or another one."""
    given = visit.fits(NewCallback)
    made = await visit.desk.callbacks.make(visit.actor, given.ticket, given.phone, given.due)
    return visit.go(f"/callbacks/{made.id}", Notice("callbacks.made"))


@pages.get(f"/callbacks/{ID}")
async def show_callback(visit: Visit) -> web.StreamResponse:
    """With each try to call."""
    found = await visit.desk.callbacks.read(visit.actor, visit.id)
    return visit.show(
        "callback.html",
        callback=found,
        attempts=await visit.desk.callbacks.attempts(visit.actor, visit.id),
        forgiven=visit.desk.live.forgiven,
        soonest=visit.desk.clock() + STEP,
        staff=await visit.desk.names.staff(visit.actor),
    )


@pages.post(f"/callbacks/{ID}/move", back=HERE)
async def move_callback(visit: Visit) -> web.StreamResponse:
    """To another time; a task is the machine's again."""
    due = visit.fits(NewTime).due
    await visit.desk.callbacks.move(visit.actor, visit.id, visit.form.one("version"), due)
    return _done(visit, "moved")


@pages.post(f"/callbacks/{ID}/cancel", back=HERE)
async def cancel_callback(visit: Visit) -> web.StreamResponse:
    """Nobody calls any more."""
    await visit.desk.callbacks.cancel(visit.actor, visit.id, visit.form.one("version"))
    return _done(visit, "was_cancelled")


@pages.post(f"/callbacks/{ID}/take", back=HERE)
async def take_callback(visit: Visit) -> web.StreamResponse:
    """One's own task from now on."""
    await visit.desk.callbacks.take(visit.actor, visit.id, visit.form.one("version"))
    return _done(visit, "was_taken")


@pages.post(f"/callbacks/{ID}/done", back=HERE)
async def finish_callback(visit: Visit) -> web.StreamResponse:
    """Somebody has spoken with them."""
    await visit.desk.callbacks.finish(visit.actor, visit.id, visit.form.one("version"))
    return _done(visit, "was_done")


async def _live(
    visit: Visit, query: CallbacksQuery
) -> tuple[list[CallbackRow], tuple[object, ...]]:
    now = visit.desk.clock()
    found = await visit.desk.callbacks.page(
        visit.actor,
        ("human",) if query.view == "tasks" else None,
        keyset.place(query.after, PLACE),
        query.limit,
        due_before=now if query.view == "due" else None,
        promised_before=now - visit.desk.live.forgiven if query.view == "late" else None,
    )
    last = found[-1] if found else None
    return found, (last.state != "human", last.priority, last.since, last.id) if last else ()


async def _past(
    visit: Visit, query: CallbacksQuery, state: str
) -> tuple[list[CallbackRow], tuple[object, ...]]:
    place = keyset.place(query.after, PAST)
    found = await visit.desk.callbacks.past(visit.actor, state, place, query.limit)
    return found, (found[-1].settled_at, found[-1].id) if found else ()


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/callbacks/{visit.id}", Notice(f"callbacks.{what}"))
