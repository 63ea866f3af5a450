"""The calendar's file, read and changed from the desk: the running service takes it up as it
does the file of an editor."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config import calendar_edit, replacing
from config.calendar import WIB, Calendar, Mode
from config.calendar_file import Override, WrittenWeek, rules_of
from config.documents import ConfigError, parsed, text_of
from config.problems import explained
from tickets.errors import Place, Refused, TicketError
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store

YEARS = range(2000, 2101)
"""Of which holidays are known or can be estimated."""
SHOWN_CHANGES = 10
_OURS = {"from": "first", "until": "last", "since": "first"}
"""The words of the file that are called otherwise here."""


class CalendarChanged(TicketError):
    """Somebody else changed it first; read it again."""


class FileFixed(TicketError):
    """The file cannot be changed from here; the message says why."""


class CalendarBroken(TicketError):
    """The file has a mistake that was made elsewhere: the old calendar is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideGiven:
    """What is to differ; hours as `08:00-16:00`."""

    name: str
    source: str
    first: date
    last: date | None = None
    closed: bool = False
    hours: Sequence[str] = ()
    week: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        """By the words of the file."""
        words: dict[str, Any] = {
            "name": self.name,
            "source": self.source,
            "from": self.first.isoformat(),
        }
        if self.last and self.last != self.first:
            words["until"] = self.last.isoformat()
        if self.closed:
            words["closed"] = True
        if self.hours:
            words["hours"] = list(self.hours)
        if self.week:
            words["week"] = {name: list(hours) for name, hours in self.week.items() if hours}
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLine:
    """One of the file, and its place in it, counted from 0."""

    place: int
    name: str
    source: str
    first: date
    last: date
    closed: bool
    hours: list[str]
    week: dict[str, list[str]]

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarNow:
    """What the file says; the version is of its content."""

    version: str
    week: dict[str, list[str]]
    overrides: list[OverrideLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """A date, and why its hours are so."""

    date: date
    hours: list[str]
    reason: str
    """`hours`, `holiday`, `closure` or `override`."""
    name: str
    source: str
    estimated: bool
    shorter: bool
    """By an override: open, for less time than the week's hours give this weekday."""
    emergency: bool
    """An emergency closure is or was upon it, for a part of it at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    at: datetime
    who: str
    did: str
    subject: str


@dataclass(frozen=True, slots=True)
class CalendarWork:
    """Every method raises NotAllowed, StoreAway and CalendarBroken; changes also CalendarChanged,
    FileFixed, and Refused with every mistake."""

    store: Store
    file: Path
    clock: Callable[[], datetime]
    mode: Mode = "office"

    async def read(self, actor: Actor) -> CalendarNow:
        actor.need(Right.LINE_READ)
        return _told(self._text())

    async def year(self, actor: Actor, year: int) -> list[DayLine]:
        """Every date of a year. Refused outside of `YEARS`."""
        actor.need(Right.LINE_READ)
        if year not in YEARS:
            raise Refused(Place("/year", f"from {YEARS[0]} to {YEARS[-1]}"))
        first = datetime.combine(date(year, 1, 1), time(), WIB)
        last = datetime.combine(date(year + 1, 1, 1), time(), WIB)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["closures_between"], first, last)
        calendar = self._calendar(self._text())
        closed = [(row["from_at"], row["ended"]) for row in rows]
        return [
            _day(calendar, day, closed)
            for month in range(1, 13)
            for day in calendar.month(year, month)
        ]

    async def changes(self, actor: Actor) -> list[Change]:
        """The last ones, newest first; none for who may not change it nor read the audit."""
        if not (actor.may(Right.LINE_CHANGE) or actor.may(Right.AUDIT_READ)):
            return []
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["calendar_changes"], SHOWN_CHANGES)
        return [Change(**row) for row in rows]

    async def add(self, actor: Actor, version: str, given: OverrideGiven) -> CalendarNow:
        actor.need(Right.LINE_CHANGE)
        words = _fitting(given)
        text = calendar_edit.with_override(self._text(), words)
        return await self._become(actor, version, text, "calendar.added", _subject(words))

    async def replace(
        self, actor: Actor, version: str, place: int, given: OverrideGiven
    ) -> CalendarNow:
        """Another override in the stead of this one; CalendarChanged when there is none there."""
        actor.need(Right.LINE_CHANGE)
        words, before = _fitting(given), self._text()
        was = _at(before, place)
        text = calendar_edit.with_override(calendar_edit.without_override(before, place), words)
        subject = f"{_subject(was)} → {_subject(words)}"
        return await self._become(actor, version, text, "calendar.changed", subject)

    async def remove(self, actor: Actor, version: str, place: int) -> CalendarNow:
        """CalendarChanged when there is none at this place."""
        actor.need(Right.LINE_CHANGE)
        before = self._text()
        was = _at(before, place)
        text = calendar_edit.without_override(before, place)
        return await self._become(actor, version, text, "calendar.removed", _subject(was))

    async def set_week(
        self, actor: Actor, version: str, week: Mapping[str, Sequence[str]]
    ) -> CalendarNow:
        """The usual hours of every weekday."""
        actor.need(Right.LINE_CHANGE)
        _sound(lambda: WrittenWeek.model_validate({name: list(h) for name, h in week.items() if h}))
        before = self._text()
        text = calendar_edit.with_week(before, week)
        was = _told(before).week
        differs = [
            f"{name} {_hours(was.get(name, ()))} → {_hours(week.get(name, ()))}"
            for name in calendar_edit.WEEKDAYS
            if list(was.get(name, ())) != list(week.get(name, ()))
        ]
        if not differs:
            return _told(before)
        return await self._become(actor, version, text, "calendar.week", "; ".join(differs))

    async def _become(
        self, actor: Actor, version: str, text: str, did: str, subject: str
    ) -> CalendarNow:
        """The file says `text` if it still is the version that was seen; noted in the audit."""
        if version != _version(self._text()):
            raise CalendarChanged("the calendar was changed meanwhile: read it again")
        self._judge(text)
        async with self.store.connection() as connection, connection.transaction():
            await note_look(connection, actor, did, subject)
            try:
                with replacing.alone(self.file):
                    if version != _version(self._text()):
                        raise CalendarChanged("the calendar was changed meanwhile: read it again")
                    replacing.replace(self.file, text)
            except replacing.NotOurs as error:
                raise FileFixed(str(error)) from None
        return _told(text)

    def _judge(self, text: str) -> None:
        """As the service and `saluran check` do. Raises Refused."""
        try:
            calendar = self._calendar(text)
        except ConfigError as error:
            found = [Place("/first", str(one)) for one in error.problems]
            raise Refused(*found) from None
        if calendar.next_opening(self.clock()) is None:
            raise Refused(Place("/closed", "the line would not open within 400 days"))

    def _calendar(self, text: str) -> Calendar:
        return Calendar(rules_of(parsed(self.file.name, text)), self.mode)

    def _text(self) -> str:
        """What the file says, which has no mistakes."""
        try:
            text = text_of(self.file)
            self._calendar(text)
        except ConfigError as error:
            raise CalendarBroken(str(error)) from None
        return text


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _told(text: str) -> CalendarNow:
    rules = rules_of(parsed("calendar.yaml", text))
    week = zip(calendar_edit.WEEKDAYS, rules.week, strict=True)
    return CalendarNow(
        version=_version(text),
        week={name: calendar_edit.spans(hours) for name, hours in week},
        overrides=[
            OverrideLine(
                place=place,
                name=words["name"],
                source=words["source"],
                first=date.fromisoformat(words["from"]),
                last=date.fromisoformat(words.get("until", words["from"])),
                closed=words.get("closed", False),
                hours=words.get("hours", []),
                week=words.get("week", {}),
            )
            for place, words in enumerate(calendar_edit.overrides(text))
        ],
    )


def _day(
    calendar: Calendar, day: date, closed: Sequence[tuple[datetime, datetime | None]]
) -> DayLine:
    found = calendar.day(day)
    begins = datetime.combine(day, time(), WIB)
    ends = datetime.combine(date.fromordinal(day.toordinal() + 1), time(), WIB)
    usual = calendar.week[day.weekday()]
    return DayLine(
        date=day,
        hours=calendar_edit.spans(found.intervals),
        reason=found.reason,
        name=found.name,
        source=found.source,
        estimated=found.is_estimated,
        shorter=found.reason == "override" and 0 < _minutes(found.intervals) < _minutes(usual),
        emergency=any(since < ends and (until or ends) > begins for since, until in closed),
    )


def _minutes(spans: Sequence[tuple[time, time]]) -> int:
    return sum((b.hour - a.hour) * 60 + b.minute - a.minute for a, b in spans)


def _at(text: str, place: int) -> calendar_edit.Written:
    found = calendar_edit.overrides(text)
    if place >= len(found):
        raise CalendarChanged("there is no override at this place: read the calendar again")
    return found[place]


def _fitting(given: OverrideGiven) -> dict[str, Any]:
    """By the words of the file, as the file may say them. Raises Refused."""
    words = given.written()
    override = _sound(lambda: Override.model_validate(words))
    return dict(calendar_edit.words_of(override))


def _sound(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ValidationError as error:
        found = []
        for one in error.errors(include_url=False):
            message, remedy = explained(one)
            names = [_OURS.get(str(name), str(name)) for name in one["loc"]]
            # The whole of it: what stands last in the form is asked last.
            pointer = "/" + "/".join(
                names
                or ["last" if message.startswith("it ") and "clear" not in message else "closed"]
            )
            found.append(Place(pointer, f"{message} — {remedy}"))
        raise Refused(*found) from None


def _subject(words: Mapping[str, Any]) -> str:
    dates = words["from"] + (f"–{words['until']}" if "until" in words else "")
    if words.get("closed"):
        differs = "closed"
    elif "hours" in words:
        differs = _hours(words["hours"])
    else:
        differs = ", ".join(f"{day[:3]} {_hours(hours)}" for day, hours in words["week"].items())
    return f"{dates}: {words['name']} ({differs})"


def _hours(hours: Sequence[str]) -> str:
    return " + ".join(hours) or "closed"
