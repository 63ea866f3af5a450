"""Reports: figures of a day or a week."""

from dataclasses import fields
from datetime import timedelta
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, create_model

from config.calendar import WIB
from tickets.figures import AbandonedFigures, AgentFigures, CallbackFigures, QueueFigures
from tickets.reports import Period
from tickets.web.desk import Desk
from tickets.web.keyset import Page
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Body, Day

routes = Routes("reports")

STEPS = {
    "15min": timedelta(minutes=15),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


class ReportQuery(Body):
    """Which period."""

    day: Day | None = None
    """In Jakarta; today unless given."""
    span: Literal["day", "week"] = "day"
    """The day, or the week from Monday that it is in."""
    interval: Literal["15min", "hour", "day"] = "hour"


def _model(kind: type) -> type[BaseModel]:
    """What was counted, and what follows from it."""
    hints = get_type_hints(kind)
    given: dict[str, Any] = {one.name: (hints[one.name], ...) for one in fields(kind)}
    for name, member in vars(kind).items():
        if isinstance(member, property):
            given[name] = (get_type_hints(member.fget)["return"], ...)
    made: type[BaseModel] = create_model(
        kind.__name__, __doc__=kind.__doc__, __config__={"from_attributes": True}, **given
    )
    return made


QueueOut = _model(QueueFigures)
AgentOut = _model(AgentFigures)
CallbackOut = _model(CallbackFigures)
AbandonedOut = _model(AbandonedFigures)


@routes.get("/reports/queues")
async def report_queues(ask: Ask[ReportQuery, None]) -> Page[QueueOut]:  # type: ignore[valid-type]
    """Callers in queues, by interval."""
    return _page(QueueOut, await ask.desk.figures.queues(ask.actor, _period(ask.query, ask.desk)))


@routes.get("/reports/agents")
async def report_agents(ask: Ask[ReportQuery, None]) -> Page[AgentOut]:  # type: ignore[valid-type]
    """Agents and their talks, by interval."""
    return _page(AgentOut, await ask.desk.figures.agents(ask.actor, _period(ask.query, ask.desk)))


@routes.get("/reports/callbacks")
async def report_callbacks(ask: Ask[ReportQuery, None]) -> Page[CallbackOut]:  # type: ignore[valid-type]
    """Promises and what became of them, by interval."""
    found = await ask.desk.figures.callbacks(ask.actor, _period(ask.query, ask.desk))
    return _page(CallbackOut, found)


@routes.get("/reports/abandoned")
async def report_abandoned(ask: Ask[ReportQuery, None]) -> Page[AbandonedOut]:  # type: ignore[valid-type]
    """Where callers hung up, by interval."""
    found = await ask.desk.figures.abandoned(ask.actor, _period(ask.query, ask.desk))
    return _page(AbandonedOut, found)


def _period(query: ReportQuery, desk: Desk) -> Period:
    day = query.day or desk.clock().astimezone(WIB).date()
    of = Period.week if query.span == "week" else Period.day
    return of(day, STEPS[query.interval])


def _page(kind: type[BaseModel], found: list[Any]) -> Page[Any]:
    return Page[kind](items=[kind.model_validate(one) for one in found])  # type: ignore[valid-type]
