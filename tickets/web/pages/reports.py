"""Reports of a day or a week, as a table and as CSV."""

from datetime import date, timedelta
from typing import Any, Literal

from aiohttp import web

from config.calendar import WIB
from tickets.report_lines import SECTIONS, Section, as_csv, columns, lines
from tickets.reports import Period
from tickets.rights import Right
from tickets.web.pages.listing import asked
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.texts import Body, Day

pages = Pages("reports", nav=Nav("nav.reports", "/reports", (Right.REPORTS_READ,), key="r"))

_SHARES = ("service_level", "occupancy")
_SECONDS = frozenset(
    {
        *("waited", "longest", "talked", "wrapped", "speed_of_answer", "handle_time"),
        *("talking", "wrapping", "ready", "paused", "talk_time", "seconds", "mean_seconds"),
    }
)


class ReportQuery(Body):
    day: Day | None = None
    span: Literal["day", "week"] = "day"
    section: Section = "queues"


@pages.get("/reports")
async def show_report(visit: Visit) -> web.StreamResponse:
    query = asked(visit, ReportQuery)
    day = _day(visit, query)
    rows = await _rows(visit, query, day)
    step = timedelta(days=7 if query.span == "week" else 1)
    return visit.show(
        "reports.html",
        query=query,
        day=day,
        sections=SECTIONS,
        columns=columns(query.section),
        rows=rows,
        totals=_totals(rows),
        shares=_SHARES,
        staff=await visit.desk.names.staff(visit.actor),
        seconds=_SECONDS,
        before=day - step,
        after=day + step if day + step <= visit.desk.clock().astimezone(WIB).date() else None,
    )


@pages.get("/reports.csv")
async def download_report(visit: Visit) -> web.StreamResponse:
    """The same, with the headers of `saluran report … --csv`."""
    query = asked(visit, ReportQuery)
    day = _day(visit, query)
    text = as_csv(columns(query.section), await _rows(visit, query, day))
    response = web.Response(text=text, content_type="text/csv", charset="utf-8")
    name = f"saluran-{query.section}-{query.span}-{day}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _day(visit: Visit, query: ReportQuery) -> date:
    return query.day or visit.desk.clock().astimezone(WIB).date()


async def _rows(visit: Visit, query: ReportQuery, day: date) -> list[dict[str, Any]]:
    figures, actor = visit.desk.figures, visit.actor
    period = Period.week(day) if query.span == "week" else Period.day(day)
    found: list[Any]
    match query.section:
        case "queues":
            found = await figures.queues(actor, period)
        case "agents":
            found = await figures.agents(actor, period)
        case "callbacks":
            found = await figures.callbacks(actor, period)
        case "abandoned":
            found = await figures.abandoned(actor, period)
    return lines(query.section, found)


def _totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Of what is counted; shares and means cannot be added."""
    found: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            if type(value) is int:
                found[name] = found.get(name, 0) + value
    return found
