"""The calendar: a year at a glance, and changes of hours and overrides in the service's file."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aiohttp import web
from pydantic import Field

from config.calendar import WIB
from config.calendar_edit import WEEKDAYS
from tickets.cases.calendars import YEARS, DayLine, OverrideGiven, OverrideLine
from tickets.errors import Refused
from tickets.rights import Right
from tickets.web.api.calendar import PLACE, OverrideIn, WeekIn
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import Problem, problem_of
from tickets.web.texts import Body, Day

pages = Pages("calendar", nav=Nav("nav.calendar", "/calendar", (Right.LINE_READ,), key="g"))

_SPLIT = re.compile(r"[,;+]| dan | and ")
_REFUSALS = (
    ("span", re.compile(r"is no span of time|string should match pattern", re.IGNORECASE)),
    ("clock", re.compile(r"holds a time that no clock shows")),
    ("backwards", re.compile(r"ends before it begins")),
    ("touch", re.compile(r"overlap or touch")),
    ("order", re.compile(r"it ends on .*, before it begins")),
    ("long", re.compile(r"it lasts more than")),
    ("both", re.compile(r"`(?P<one>.*)` and `(?P<other>.*)` both claim (?P<day>[0-9-]{10})")),
    ("what", re.compile(r"it is not clear what differs")),
    ("week", re.compile(r"no day of the week is open")),
    ("never", re.compile(r"would not open within 400 days")),
    ("needed", re.compile(r"field required|is missing", re.IGNORECASE)),
    ("day", re.compile(r"write the day like|valid date", re.IGNORECASE)),
)
"""What the loader says, by the key of what is told on the page: `calendar.refused.KEY`."""


class CalendarQuery(Body):
    """What is shown, and which day is looked at."""

    year: int | None = Field(None, ge=YEARS[0], le=YEARS[-1])
    day: Day | None = None
    edit: int | None = Field(None, ge=0, le=9999)
    """The override that is changed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A date of the picture: its look, and what is said of it."""

    line: DayLine
    look: str


@pages.get("/calendar")
async def show_calendar(visit: Visit) -> web.StreamResponse:
    return await _shown(visit, asked(visit, CalendarQuery))


@pages.post("/calendar/overrides")
async def add_override(visit: Visit) -> web.StreamResponse:
    """Also another one in the stead of the one that `place` names."""
    form = visit.form
    place = form.one("place")
    try:
        given = _given(visit)
        version = form.one("version")
        if place:
            await visit.desk.calendar.replace(visit.actor, version, _number(place), given)
        else:
            await visit.desk.calendar.add(visit.actor, version, given)
    except (Refused, Problem) as error:
        return await _refused(visit, error, _number(place) if place else None)
    done = "calendar.replaced" if place else "calendar.added"
    there = f"/calendar?year={given.first.year}&day={given.first}"
    return visit.go(there, Notice(done, values={"name": given.name}))


@pages.post(f"/calendar/overrides/{PLACE}/remove", back="/calendar")
async def remove_override(visit: Visit) -> web.StreamResponse:
    place = int(visit.request.match_info["place"])
    await visit.desk.calendar.remove(visit.actor, visit.form.one("version"), place)
    return visit.go("/calendar", Notice("calendar.removed"))


@pages.post("/calendar/week")
async def set_week(visit: Visit) -> web.StreamResponse:
    try:
        week = visit.fits(WeekIn, **_week(visit))
        await visit.desk.calendar.set_week(visit.actor, visit.form.one("version"), dict(week))
    except (Refused, Problem) as error:
        return await _refused(visit, error, None)
    return visit.go("/calendar", Notice("calendar.week_set"))


async def _refused(visit: Visit, error: Exception, place: int | None) -> web.Response:
    """The form as it was sent, and what is wrong with it and where."""
    problem = problem_of(error)
    if problem is None or problem.status != 422:
        raise error
    told = [
        (one.get("pointer", "").removeprefix("#/").partition("/")[0] or "name", _words(visit, one))
        for one in problem.errors
    ]
    query = CalendarQuery(year=_year(visit.form.one("first")), edit=place)
    return await _shown(visit, query, dict(visit.form.pairs), told, 422)


async def _shown(
    visit: Visit,
    query: CalendarQuery,
    sent: dict[str, str] | None = None,
    refused: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> web.Response:
    today = visit.desk.clock().astimezone(WIB).date()
    year = query.year or (query.day or today).year
    calendar, actor = visit.desk.calendar, visit.actor
    now, days = await calendar.read(actor), await calendar.year(actor, year)
    by_date = {one.date: one for one in days}
    edited = next((one for one in now.overrides if one.place == query.edit), None)
    return visit.show(
        "calendar.html",
        status,
        year=year,
        years=YEARS,
        today=today,
        day=by_date.get(query.day) if query.day else None,
        months=[_month(year, month, by_date) for month in range(1, 13)],
        counts=_counts(days),
        calendar=now,
        covering=[one for one in now.overrides if query.day and one.holds(query.day)],
        edited=edited,
        form=sent or _form(edited, query.day),
        refused=refused or [],
        weekdays=WEEKDAYS,
        changes=await calendar.changes(actor),
    )


def _month(year: int, month: int, by_date: dict[date, DayLine]) -> list[list[Cell | None]]:
    """Weeks from Monday; None beside the month."""
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday.month == month or monday <= first:
        dates = [monday + timedelta(days=n) for n in range(7)]
        weeks.append(
            [
                Cell(by_date[one], _look(by_date[one]))
                if one.month == month and one in by_date
                else None
                for one in dates
            ]
        )
        monday += timedelta(days=7)
    return weeks


def _look(day: DayLine) -> str:
    """The one of the legend's that says most."""
    if day.emergency:
        return "emergency"
    if day.reason == "override" and not day.hours:
        # Within other hours of weekdays, as in Ramadan: closed as weekends are.
        return "free"
    if day.reason == "override":
        return "shorter" if day.shorter else "own"
    if day.reason == "hours":
        return "open" if day.hours else "free"
    if day.reason == "holiday" and "cuti bersama" in day.source:
        return "leave"
    return day.reason


def _counts(days: list[DayLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for day in days:
        found[_look(day)] = found.get(_look(day), 0) + 1
    return found


def _given(visit: Visit) -> OverrideGiven:
    """What the form says. Raises Problem."""
    form, what = visit.form, visit.form.one("what")
    hours = _spans(form.one("hours")) if what == "hours" else ()
    week = _week(visit) if what == "week" else None
    given = visit.fits(OverrideIn, closed=what == "closed", hours=hours, week=week)
    return given.given()


def _week(visit: Visit) -> dict[str, tuple[str, ...]]:
    return {name: spans for name in WEEKDAYS if (spans := _spans(visit.form.one(name)))}


def _spans(text: str) -> tuple[str, ...]:
    """`08:00-11:30, 13:00-16:00` as people write it."""
    return tuple(part.strip() for part in _SPLIT.split(text) if part.strip())


def _form(edited: OverrideLine | None, day: date | None) -> dict[str, str]:
    if edited is None:
        return {"first": str(day or ""), "last": "", "what": "closed"}
    what = "closed" if edited.closed else "hours" if edited.hours else "week"
    return {
        "name": edited.name,
        "source": edited.source,
        "first": str(edited.first),
        "last": str(edited.last) if edited.last != edited.first else "",
        "what": what,
        "hours": ", ".join(edited.hours),
        **{name: ", ".join(hours) for name, hours in edited.week.items()},
    }


def _words(visit: Visit, error: Any) -> str:
    """In the words of the page; as the loader says it where those say nothing better."""
    detail = str(error["detail"])
    for key, pattern in _REFUSALS:
        if match := pattern.search(detail):
            return visit.words(f"calendar.refused.{key}", **match.groupdict())
    return detail


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise Problem(422, "unacceptable", "no place", [{"pointer": "#/place", "detail": ""}])
    return int(text)


def _year(text: str) -> int | None:
    year = int(text[:4]) if re.match(r"[0-9]{4}", text) else 0
    return year if year in YEARS else None
