"""When the line is open: the week's hours, holidays and *cuti bersama*, and what overrides them.

All hours are WIB. A span is open from its first moment until just before its last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from config.calendar_file import Rules, Span, Week, read_rules
from config.decreed import decreed

WIB = ZoneInfo("Asia/Jakarta")
HORIZON = timedelta(days=400)

Mode = Literal["office", "always", "never"]
Closure = tuple[datetime, datetime | None, str]
"""An emergency closure: from, until (None: until lifted), reason."""


@dataclass(frozen=True, slots=True)
class Day:
    """The hours of a date, and why they are so."""

    intervals: tuple[Span, ...]
    reason: Literal["hours", "holiday", "closure", "override"]
    """`hours`: the week's; `override`: dated hours."""
    name: str = ""
    """The holiday's or the override's; empty for the week's hours."""
    source: str = ""
    is_estimated: bool = False
    """The holiday's date is not decreed yet."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Why the line is closed at a moment."""

    reason: Literal["hours", "break", "holiday", "closure", "emergency"]
    name: str
    """The holiday's or the override's name; empty for plain hours."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Answers of the calendar. In mode `always` only an emergency closes the line; in `never` it
    is closed whenever asked, while openings and deadlines still follow the calendar, so that a
    trial of the closed line hears a real promise.
    """

    rules: Rules
    mode: Mode = "office"
    closures: tuple[Closure, ...] = ()
    _days: dict[date, Day] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, path: Path, mode: Mode = "office") -> "Calendar":
        """Read `calendar.yaml`; raises `ConfigError` with every mistake."""
        return cls(read_rules(path), mode)

    def closed_by(self, closures: Sequence[Closure]) -> "Calendar":
        """The same calendar with these emergency closures, and no others."""
        return replace(self, closures=tuple(closures))

    @property
    def week(self) -> Week:
        """The usual hours, from Monday to Sunday."""
        return self.rules.week

    def week_on(self, day: date) -> Week:
        """The hours per weekday that hold around a date, as in Ramadan."""
        override = self.rules.weeks.get(day)
        return override.week.days if override and override.week else self.week

    def day(self, day: date) -> Day:
        """The hours of a date; emergencies and the mode apart."""
        if day not in self._days:
            self._days[day] = self._made(day)
        return self._days[day]

    def month(self, year: int, month: int) -> dict[date, Day]:
        """Every date of a month."""
        first = date(year, month, 1)
        dates = (first + timedelta(days=n) for n in range(31))
        return {day: self.day(day) for day in dates if day.month == month}

    def closing(self, at: datetime) -> Closing | None:
        """Why the line is closed at an aware moment; None when open."""
        if emergency := self._emergency(at):
            return Closing("emergency", emergency[2])
        match self.mode:
            case "always":
                return None
            case "never":
                return Closing("hours", "")
            case "office":
                return self._office_closing(at)

    def next_opening(self, after: datetime) -> datetime | None:
        """The first open moment at or after an aware one (after it in mode `never`), in WIB.

        None if there is none within 400 days, or while a closure lasts until it is lifted.
        """
        at, limit = after.astimezone(WIB), after + HORIZON
        while at <= limit:
            if emergency := self._emergency(at):
                if emergency[1] is None:
                    return None
                at = emergency[1].astimezone(WIB)
            elif self._opens(at, after):
                return at
            else:
                at = self._next_start(at, limit)
        return None

    def add_working_days(self, start: datetime, n: int) -> datetime:
        """The end of the n-th working day after the date of an aware moment, in WIB.

        A day with any hours counts; emergencies move no deadline. ValueError for n < 1.
        """
        if n < 1:
            raise ValueError(f"a deadline is at least one working day away, not {n}")
        day = start.astimezone(WIB).date()
        while n:
            day += timedelta(days=1)
            n -= bool(self.day(day).intervals)
        return datetime.combine(day, self.day(day).intervals[-1][1], WIB)

    def _made(self, day: date) -> Day:
        if own := self.rules.days.get(day):
            reason: Literal["closure", "override"] = "closure" if own.closed else "override"
            return Day(own.hours, reason, own.name, own.source)
        if holiday := decreed(day):
            return Day((), "holiday", holiday.name, holiday.source, holiday.estimated)
        spans = self.week_on(day)[day.weekday()]
        if override := self.rules.weeks.get(day):
            return Day(spans, "override", override.name, override.source)
        return Day(spans, "hours")

    def _office_closing(self, at: datetime) -> Closing | None:
        local = at.astimezone(WIB)
        day, now = self.day(local.date()), local.time()
        if any(since <= now < until for since, until in day.intervals):
            return None
        if not day.intervals:
            return Closing("hours" if day.reason == "override" else day.reason, day.name)
        inside = day.intervals[0][0] <= now < day.intervals[-1][1]
        return Closing("break" if inside else "hours", day.name)

    def _emergency(self, at: datetime) -> Closure | None:
        within = [one for one in self.closures if one[0] <= at and (one[1] is None or at < one[1])]
        # The one that lasts longest decides.
        return max(within, key=lambda one: (one[1] is None, one[1] or one[0]), default=None)

    def _opens(self, at: datetime, after: datetime) -> bool:
        """Whether `at` answers a question for the next opening after `after`."""
        match self.mode:
            case "always":
                return True
            case "office":
                return self._office_closing(at) is None
            case "never":
                return at > after and self._office_closing(at) is None

    def _next_start(self, at: datetime, limit: datetime) -> datetime:
        """The first beginning of a span after `at`, or a moment past `limit`."""
        day = at.date()
        while day <= limit.date() + timedelta(days=1):
            for since, _ in self.day(day).intervals:
                if (start := datetime.combine(day, since, WIB)) > at:
                    return start
            day += timedelta(days=1)
        return limit + timedelta(seconds=1)
