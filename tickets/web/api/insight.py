"""When callers come, and how far in the menu."""

from datetime import datetime, time, timedelta

from pydantic import Field

from config.calendar import WIB
from tickets.cases.insight import MOST_DAYS, LoadCell, StepReached, days_before
from tickets.reports import Period
from tickets.web.desk import Desk
from tickets.web.keyset import Page
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Body

routes = Routes("reports")


class InsightQuery(Body):
    days: int = Field(28, ge=1, le=MOST_DAYS)
    """So many, with today."""


def period(query: InsightQuery, desk: Desk) -> Period:
    today = desk.clock().astimezone(WIB).date()
    return days_before(datetime.combine(today, time(), WIB) + timedelta(days=1), query.days)


@routes.get("/reports/load")
async def report_load(ask: Ask[InsightQuery, None]) -> Page[LoadCell]:
    """Calls by weekday and hour."""
    found = await ask.desk.insight.load(ask.actor, period(ask.query, ask.desk))
    return Page[LoadCell](items=found, next=None)


@routes.get("/reports/steps")
async def report_steps(ask: Ask[InsightQuery, None]) -> Page[StepReached]:
    """How many calls came to each step of the menu, and how many ended there."""
    found = await ask.desk.insight.steps(ask.actor, period(ask.query, ask.desk))
    return Page[StepReached](items=found, next=None)
