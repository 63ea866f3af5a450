"""How it went: charts of days, when callers come, and where in the menu they go."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web
from pydantic import Field

from config.calendar import WIB
from tickets.reports import Period
from tickets.rights import Right
from tickets.web.api.insight import InsightQuery, period
from tickets.web.pages.listing import asked
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.pages.pictures import picture
from tickets.web.texts import Body, Day

pages = Pages("insight", nav=Nav("nav.insight", "/insight", (Right.REPORTS_READ,), key="i"))

COUNTED = ("offered", "answered", "abandoned")
LEVELS = 5
WEEKS = 4


class ChartQuery(Body):
    """Which day is drawn."""

    day: Day | None = None
    days: int = Field(28, ge=1, le=92)


@pages.get("/insight")
async def show_insight(visit: Visit) -> web.StreamResponse:
    query = asked(visit, ChartQuery)
    today = visit.desk.clock().astimezone(WIB).date()
    day = query.day or today
    span = period(InsightQuery(days=query.days), visit.desk)
    cells = await visit.desk.insight.load(visit.actor, span)
    steps = await visit.desk.insight.steps(visit.actor, span)
    return visit.show(
        "insight.html",
        days=query.days,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        history=(history := await _history(visit, day)),
        history_json=json.dumps({name: history[name] for name in history if name != "day"}),
        heat=_heat({(cell.weekday, cell.hour): cell.calls for cell in cells}),
        steps=steps,
        **await _of_day(visit, day, today),
    )


@pages.get("/insight/day")
async def show_day(visit: Visit) -> web.StreamResponse:
    """The chart of a day, which goes on while the day does."""
    today = visit.desk.clock().astimezone(WIB).date()
    day = asked(visit, ChartQuery).day or today
    return visit.show("insight_day.html", **await _of_day(visit, day, today))


@pages.get("/insight/menu.svg")
async def draw_menu(visit: Visit) -> web.StreamResponse:
    """The menu with who was where, as a picture."""
    span = period(asked(visit, InsightQuery), visit.desk)
    return picture(await visit.desk.insight.funnel(visit.actor, span, visit.words.language))


async def _of_day(visit: Visit, day: date, today: date) -> dict[str, Any]:
    chart = await _chart(visit, day)
    return {
        "day": day,
        "goes_on": day == today,
        "chart": chart,
        "chart_json": json.dumps(chart),
        "totals": {name: sum(chart[name]) for name in COUNTED},
        "busiest": _busiest(chart),
    }


def _busiest(chart: dict[str, list[Any]]) -> str:
    """The half hour in which most came; empty when nobody did."""
    most = max(chart["offered"])
    return str(chart["clock"][chart["offered"].index(most)]) if most else ""


async def _chart(visit: Visit, day: date) -> dict[str, list[Any]]:
    """By the half hour, all queues together; figures that cannot be, such as a share of nothing,
    are none."""
    span = Period.day(day, timedelta(minutes=30))
    rows = await visit.desk.figures.queues(visit.actor, span)
    starts = [span.start + n * span.step for n in range(48)]
    chart: dict[str, list[Any]] = {
        "at": [int(start.timestamp()) for start in starts],
        "clock": [f"{start.astimezone(WIB):%H.%M}" for start in starts],
    }
    for name in COUNTED:
        chart[name] = [
            sum(getattr(row, name) for row in rows if row.start == start) for start in starts
        ]
    return chart


async def _history(visit: Visit, day: date) -> dict[str, list[Any]]:
    """By the day, of the last weeks."""
    rows: list[Any] = []
    first = day - timedelta(days=7 * (WEEKS - 1) + day.weekday())  # a Monday
    for week in range(WEEKS):
        span = Period.week(first + timedelta(days=7 * week))
        rows += await visit.desk.figures.queues(visit.actor, span)
    starts = [
        datetime.combine(first + timedelta(days=n), time(), WIB)
        for n in range(7 * WEEKS)
        if first + timedelta(days=n) <= visit.desk.clock().astimezone(WIB).date()
    ]
    history: dict[str, list[Any]] = {
        "at": [int(start.timestamp()) for start in starts],
        "day": [start.astimezone(WIB).date() for start in starts],
    }
    for name in COUNTED:
        history[name] = [
            sum(getattr(row, name) for row in rows if row.start == start) for start in starts
        ]
    history["level"] = []
    for start in starts:
        within = sum(row.within for row in rows if row.start == start)
        met = sum(row.answered + row.abandoned for row in rows if row.start == start)
        history["level"].append(round(100 * within / met) if met else None)
    return history


def _heat(calls: dict[tuple[int, int], int]) -> list[tuple[int, list[tuple[int, int, int]]]]:
    """Rows of hours, each with the weekdays' counts and how strong each is, from 0 to LEVELS."""
    most = max(calls.values(), default=0)
    hours = sorted({hour for _, hour in calls} | set(range(8, 16)))
    return [
        (
            hour,
            [
                (day, n := calls.get((day, hour), 0), -(-LEVELS * n // most) if most else 0)
                for day in range(1, 8)
            ],
        )
        for hour in hours
    ]
