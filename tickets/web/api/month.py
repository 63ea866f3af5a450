"""The ministry's month: how many came, from where, wishing what, and what became of it."""

from typing import Annotated

from pydantic import StringConstraints

from tickets.cases.month import MonthReports
from tickets.month import Month, MonthOf
from tickets.web.problems import Problem
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Body

routes = Routes("reports")

MonthText = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class MonthQuery(Body):
    month: MonthText | None = None
    """Such as `2026-11`; this one without."""


@routes.get("/reports/month")
async def report_month(ask: Ask[MonthQuery, None]) -> Month:
    """A month's figures; those of groups under five people are null."""
    month = month_of(ask.query.month, ask.desk.month_reports)
    return await ask.desk.month_reports.read(ask.actor, month)


def month_of(text: str | None, reports: MonthReports) -> MonthOf:
    """As asked for, or this one. Raises Problem for one that is to come."""
    now = reports.this_month()
    if text is None:
        return now
    year, _, number = text.partition("-")
    found = MonthOf(now.first.replace(year=int(year), month=int(number)))
    if found.first > now.first:
        bad = {"parameter": "month", "detail": "this month is to come"}
        raise Problem(422, "unacceptable", "the query does not fit", [bad])
    return found
