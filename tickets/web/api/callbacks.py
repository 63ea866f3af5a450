"""Promises to call back."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from tickets.cases.callbacks import CallbackRow
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body, Moment, Number, PhoneText

routes = Routes("callbacks")

PLACE: TypeAdapter[tuple[bool, int, datetime, UUID]] = TypeAdapter(tuple[bool, int, datetime, UUID])


class CallbackQuery(PageQuery):
    """Which callbacks."""

    state: tuple[Literal["waiting", "claimed", "dialling", "human"], ...] | None = None


class CallbackIn(Body):
    ticket: Number
    phone: PhoneText | None = None
    """The ticket's unless given."""
    due: Moment


class CallbackMove(Body):
    due: Moment


@routes.get("/callbacks")
async def list_callbacks(ask: Ask[CallbackQuery, None]) -> Page[CallbackRow]:
    """Those that live or are a task for a person, in the order of serving; tasks first."""
    query = ask.query
    place = keyset.place(query.after, PLACE)
    found = await ask.desk.callbacks.page(ask.actor, query.state, place, query.limit)
    following = None
    if len(found) == query.limit:
        last = found[-1]
        following = keyset.written((last.state != "human", last.priority, last.since, last.id))
    return Page[CallbackRow](items=found, next=following)


@routes.post("/callbacks", location="/callbacks/{id}")
async def make_callback(ask: Ask[None, CallbackIn]) -> CallbackRow:
    """Promise a call."""
    given = ask.body
    return await ask.desk.callbacks.make(
        ask.actor, given.ticket, given.phone, given.due, ask.new_id
    )


@routes.get(f"/callbacks/{ID}")
async def read_callback(ask: Ask[None, None]) -> CallbackRow:
    """Read a callback."""
    return await ask.desk.callbacks.read(ask.actor, ask.id)


@routes.patch(f"/callbacks/{ID}")
async def move_callback(ask: Ask[None, CallbackMove]) -> CallbackRow:
    """Call at another time; a task for a person is dialled again then."""
    return await ask.desk.callbacks.move(ask.actor, ask.id, ask.version, ask.body.due)


@routes.delete(f"/callbacks/{ID}", if_match=True)
async def cancel_callback(ask: Ask[None, None]) -> CallbackRow:
    """Nobody calls any more."""
    return await ask.desk.callbacks.cancel(ask.actor, ask.id, ask.version)


@routes.post(f"/callbacks/{ID}/done", status=200, if_match=True)
async def finish_callback(ask: Ask[None, None]) -> CallbackRow:
    """A person has spoken with them."""
    return await ask.desk.callbacks.finish(ask.actor, ask.id, ask.version)


@routes.post(f"/callbacks/{ID}/take", status=200, if_match=True)
async def take_callback(ask: Ask[None, None]) -> CallbackRow:
    """Call them oneself: nobody dials it any more, and a ticket of nobody is one's own."""
    return await ask.desk.callbacks.take(ask.actor, ask.id, ask.version)
