"""The queues as they are now."""

from typing import Annotated

from pydantic import Field

from tickets.cases.live import Pulse, Waiting, Wall
from tickets.cases.queue_book import QueueRules
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body

routes = Routes("queues")


class MoveIn(Body):
    queue: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


@routes.get("/queues")
async def read_wall(ask: Ask[None, None]) -> Wall:
    """Every queue now and today, with agents and callbacks; `current` is false for old figures."""
    return await ask.desk.live.wall(ask.actor)


@routes.get("/queues/pulse")
async def read_pulse(ask: Ask[None, None]) -> Pulse:
    """How many waited and talked in the last two hours, every two minutes."""
    return await ask.desk.live.pulse(ask.actor)


@routes.get("/queues/rules")
async def list_queue_rules(ask: Ask[None, None]) -> list[QueueRules]:
    """What holds in each queue, as its file says."""
    return ask.desk.queue_book.all(ask.actor)


@routes.get("/queues/waiting")
async def list_waiting(ask: Ask[None, None]) -> Waiting:
    """Who waits, who is served first before the others."""
    return await ask.desk.live.waiting(ask.actor)


@routes.post("/queues/take")
async def take_longest(ask: Ask[None, None]) -> None:
    """Have who waits longest ring one's own phone."""
    await ask.desk.agents.take(ask.actor, None)


@routes.post(f"/queues/waiting/{ID}/take")
async def take_caller(ask: Ask[None, None]) -> None:
    """Have this caller ring one's own phone."""
    await ask.desk.agents.take(ask.actor, ask.id)


@routes.post(f"/queues/waiting/{ID}/move")
async def move_caller(ask: Ask[None, MoveIn]) -> None:
    """Put this caller into another queue; they keep their time."""
    await ask.desk.agents.move(ask.actor, ask.id, ask.body.queue)
