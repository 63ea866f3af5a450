"""Emergency closures of the line."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from tickets.cases.line import Closure
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Body, Moment, Words

routes = Routes("line")

_PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])


class ClosureIn(Body):
    reason: Words
    """For those who ask later why it was closed."""
    until: Moment | None = None
    """Until somebody reopens it unless given."""


class Standing(BaseModel):
    """The closures that stand, or are to come."""

    closures: list[Closure]


class Reopened(BaseModel):
    lifted: int
    """So many closures."""


@routes.get("/line/closures")
async def list_closures(ask: Ask[PageQuery, None]) -> Page[Closure]:
    """Emergency closures, the newest first."""
    place = keyset.place(ask.query.after, _PLACE)
    found = await ask.desk.line.closures(ask.actor, place, ask.query.limit)
    following = None
    if len(found) == ask.query.limit:
        following = keyset.written((found[-1].from_at, found[-1].id))
    return Page[Closure](items=found, next=following)


@routes.post("/line/closures")
async def close_line(ask: Ask[None, ClosureIn]) -> Standing:
    """Close the line now; callers hear it, and may leave a request."""
    return Standing(closures=await ask.desk.line.close(ask.actor, ask.body.reason, ask.body.until))


@routes.post("/line/reopen", status=200)
async def reopen_line(ask: Ask[None, None]) -> Reopened:
    """Lift every emergency closure; the calendar decides again."""
    return Reopened(lifted=await ask.desk.line.reopen(ask.actor))
