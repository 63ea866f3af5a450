"""Calls and their steps."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from tickets.cases.calls import CallFilter
from tickets.shown import CallLine, CallStory
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Moment, PhoneText

routes = Routes("calls")

PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])


class CallQuery(PageQuery):
    """Which calls."""

    outcome: Literal["agent", "promise", "information", "hung_up", "failed"] | None = None
    phone: PhoneText | None = None
    began_from: Moment | None = None
    began_until: Moment | None = None


@routes.get("/calls")
async def list_calls(ask: Ask[CallQuery, None]) -> Page[CallLine]:
    """Find calls, the newest first."""
    query = ask.query
    wanted = CallFilter(
        outcome=query.outcome,
        phone=query.phone,
        began_from=query.began_from,
        began_until=query.began_until,
    )
    place = keyset.place(query.after, PLACE)
    found = await ask.desk.calls.page(ask.actor, wanted, place, query.limit)
    following = None
    if len(found) == query.limit:
        following = keyset.written((found[-1].began_at, found[-1].id))
    return Page[CallLine](items=found, next=following)


@routes.get(f"/calls/{ID}")
async def read_call(ask: Ask[None, None]) -> CallStory:
    """Read a call step by step."""
    return await ask.desk.calls.read(ask.actor, ask.id)
