"""`calendar.yaml`: the week's hours and what differs on certain dates (docs/calendar.md)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from config.documents import ConfigError, Document, Problem, load, wrong

Span = tuple[time, time]
"""From, and until (exclusive), on one day."""

Week = tuple[tuple[Span, ...], ...]
"""From Monday to Sunday, the spans of each day."""

LONGEST = timedelta(days=400)

_SPAN = re.compile(r"(\d{1,2})[:.](\d{2}) ?[-–] ?(\d{1,2})[:.](\d{2})")
_SPAN_REMEDY = "write it as 08:00-16:00"


def _span(written: Any) -> Span:
    parts = _SPAN.fullmatch(written) if isinstance(written, str) else None
    if not parts:
        raise wrong(f"`{written}` is no span of time", _SPAN_REMEDY)
    hour, minute, until_hour, until_minute = map(int, parts.groups())
    try:
        since, until = time(hour, minute), time(until_hour, until_minute)
    except ValueError:
        raise wrong(f"`{written}` holds a time that no clock shows", _SPAN_REMEDY) from None
    if since >= until:
        raise wrong(f"`{written}` ends before it begins", _SPAN_REMEDY)
    return since, until


def _spans(written: Any) -> tuple[Span, ...]:
    """One span or a list of them: a break is the gap between two."""
    spans = sorted(map(_span, written if isinstance(written, list) else [written]))
    for before, after in pairwise(spans):
        if after[0] <= before[1]:
            told = " and ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in (before, after))
            raise wrong(f"the hours {told} overlap or touch", "leave a gap, or write one span")
    return tuple(spans)


def _date(written: Any) -> date:
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass
    raise wrong(f"`{written}` is no date", "write a day that exists, as 2026-11-27")


Spans = Annotated[
    tuple[Span, ...],
    BeforeValidator(_spans),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]
Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Words = Annotated[str, Field(min_length=1, max_length=300)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class WrittenWeek(Strict):
    """Hours per weekday; a day that is not named is closed."""

    monday: Spans = ()
    tuesday: Spans = ()
    wednesday: Spans = ()
    thursday: Spans = ()
    friday: Spans = ()
    saturday: Spans = ()
    sunday: Spans = ()

    @property
    def days(self) -> Week:
        """From Monday to Sunday."""
        return tuple(getattr(self, name) for name in type(self).model_fields)

    @model_validator(mode="after")
    def _some_day_is_open(self) -> "WrittenWeek":
        if not any(self.days):
            raise wrong("no day of the week is open", "name one, as `monday: 08:00-16:00`")
        return self


class Override(Strict):
    """What differs from a date on, to another one (inclusive; without it, on that date alone)."""

    since: Annotated[Date, Field(alias="from")]
    until: Date | None = None
    name: Words
    """What it is called: shown in the calendar and on the agents' pages."""
    source: Words
    """Who decided it, and in what: the letter, its number, its date."""
    closed: bool = False
    """Closed, whatever else holds."""
    hours: Spans = ()
    """Open at these hours, though it be a holiday or a Sunday."""
    week: WrittenWeek | None = None
    """Other hours per weekday, as in Ramadan; holidays stay holidays."""

    @property
    def last(self) -> date:
        return self.until or self.since

    @model_validator(mode="after")
    def _whole(self) -> "Override":
        if sum(map(bool, (self.closed, self.hours, self.week))) != 1:
            remedy = "write one of `closed: true`, `hours: …`, `week: …`"
            raise wrong("it is not clear what differs", remedy)
        if self.last < self.since:
            raise wrong(f"it ends on {self.last}, before it begins", "swap `from` and `until`")
        if self.last - self.since > LONGEST:
            raise wrong(f"it lasts more than {LONGEST.days} days", "change the `week` instead")
        return self

    def dates(self) -> Iterator[date]:
        return (self.since + timedelta(days=n) for n in range((self.last - self.since).days + 1))


class CalendarFile(Strict):
    """Hours in Asia/Jakarta (WIB)."""

    week: WrittenWeek
    overrides: tuple[Override, ...] = ()


Dated = Mapping[date, Override]


@dataclass(frozen=True, slots=True)
class Rules:
    """The file by what is asked of it: the week, and the override of a date, by its kind."""

    week: Week
    days: Dated
    """`closed` and `hours`: they say all about their date."""
    weeks: Dated
    """`week`: they stand in for the file's week."""


def read_rules(path: Path) -> Rules:
    """The file, checked whole; raises `ConfigError`."""
    return rules_of(load(path))


def rules_of(document: Document) -> Rules:
    """The same of a document that is to become the file; raises `ConfigError`."""
    written = document.as_model(CalendarFile)
    placed = list(enumerate(written.overrides))
    days, day_problems = _dated(document, [(i, one) for i, one in placed if not one.week])
    weeks, week_problems = _dated(document, [(i, one) for i, one in placed if one.week])
    if day_problems or week_problems:
        raise ConfigError(*day_problems, *week_problems)
    return Rules(written.week.days, days, weeks)


def _dated(
    document: Document, overrides: list[tuple[int, Override]]
) -> tuple[Dated, list[Problem]]:
    """A day's own override stands above a week's, but two of a kind contradict each other."""
    dated: dict[date, Override] = {}
    problems = []
    for place, override in overrides:
        claimed = next((day for day in override.dates() if day in dated), None)
        if claimed:
            message = f"`{override.name}` and `{dated[claimed].name}` both claim {claimed}"
            remedy = "keep one for each date"
            problems.append(document.problem(("overrides", place), message, remedy))
        dated |= dict.fromkeys(override.dates(), override)
    return dated, problems
