"""The calendar: its file, the days that follow of it, and changes of both."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tickets.cases.calendars import YEARS, CalendarNow, DayLine, OverrideGiven
from tickets.web.keyset import Page
from tickets.web.routes import Ask, Routes
from tickets.web.texts import Body, Day, Words

routes = Routes("calendar")

PLACE = r"{place:[0-9]{1,4}}"

Span = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, pattern=r"^[0-9]{1,2}[:.][0-9]{2} ?[-–] ?[0-9]{1,2}[:.][0-9]{2}$"
    ),
]
"""Such as `08:00-16:00`; a break is the gap between two."""
Spans = Annotated[tuple[Span, ...], Field(max_length=6)]


class WeekIn(Body):
    """Hours per weekday; a day that is not named is closed."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()


class OverrideIn(Body):
    """What differs from the first date to the last: one of `closed`, `hours` and `week`."""

    name: Words
    source: Words
    """Who decided it, and in what: the letter, its number, its date."""
    first: Day
    last: Day | None = None
    """With this day; the first alone unless given."""
    closed: bool = False
    hours: Spans = ()
    """Open at these hours, though it be a holiday or a Sunday."""
    week: WeekIn | None = None
    """Other hours per weekday, as in Ramadan; holidays stay holidays."""

    def given(self) -> OverrideGiven:
        return OverrideGiven(
            name=self.name,
            source=self.source,
            first=self.first,
            last=self.last,
            closed=self.closed,
            hours=self.hours,
            week={} if self.week is None else dict(self.week),
        )


class YearQuery(Body):
    year: int = Field(ge=YEARS[0], le=YEARS[-1])


@routes.get("/calendar")
async def read_calendar(ask: Ask[None, None]) -> CalendarNow:
    """The usual hours and every override; emergency closures are `/line/closures`."""
    return await ask.desk.calendar.read(ask.actor)


@routes.get("/calendar/days")
async def list_days(ask: Ask[YearQuery, None]) -> Page[DayLine]:
    """Every date of a year, with its hours and why they are so."""
    found = await ask.desk.calendar.year(ask.actor, ask.query.year)
    return Page[DayLine](items=found, next=None)


@routes.put("/calendar/week")
async def set_week(ask: Ask[None, WeekIn]) -> CalendarNow:
    """Change the usual hours; all seven days are given."""
    return await ask.desk.calendar.set_week(ask.actor, ask.version, dict(ask.body))


@routes.post("/calendar/overrides", if_match=True)
async def add_override(ask: Ask[None, OverrideIn]) -> CalendarNow:
    """Add an override; the line has it within two seconds."""
    return await ask.desk.calendar.add(ask.actor, ask.version, ask.body.given())


@routes.put(f"/calendar/overrides/{PLACE}")
async def replace_override(ask: Ask[None, OverrideIn]) -> CalendarNow:
    """Put another override in the stead of this one; it stands last then."""
    place = int(ask.request.match_info["place"])
    return await ask.desk.calendar.replace(ask.actor, ask.version, place, ask.body.given())


@routes.delete(f"/calendar/overrides/{PLACE}", if_match=True)
async def remove_override(ask: Ask[None, None]) -> CalendarNow:
    """Take an override away."""
    place = int(ask.request.match_info["place"])
    return await ask.desk.calendar.remove(ask.actor, ask.version, place)
