"""The times a caller may choose to be called at: hours less holidays, less what is taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.calendar import WIB, Calendar
from config.settings_groups import Slots

DAYS = 60
"""So far ahead free slots are looked for."""


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How the hours are cut, and how many callers fit into each piece."""

    length: timedelta
    capacity: int
    notice: timedelta
    """No slot begins sooner than this from now."""

    @classmethod
    def of(cls, slots: Slots) -> "SlotRules":
        """Those of an installation."""
        return cls(
            timedelta(minutes=slots.minutes),
            slots.capacity,
            timedelta(minutes=slots.notice_minutes),
        )


def free_slots(
    calendar: Calendar,
    rules: SlotRules,
    now: datetime,
    booked: Mapping[datetime, int],
    most: int,
    after: datetime | None = None,
) -> list[datetime]:
    """The beginnings of the next `most` slots with room, in WIB; only those later than `after`.

    `booked` counts the callbacks promised for a beginning. What is left of a span that is shorter
    than a slot is none. The mode `always` or `never` changes nothing: slots follow the calendar.
    """
    found: list[datetime] = []
    for start in _starts(calendar, rules, now):
        if len(found) == most:
            break
        if booked.get(start, 0) < rules.capacity and (after is None or start > after):
            found.append(start)
    return found


def horizon(now: datetime) -> tuple[datetime, datetime]:
    """From when until when `booked` is to be asked for."""
    return now, now + timedelta(days=DAYS)


def _starts(calendar: Calendar, rules: SlotRules, now: datetime) -> Iterator[datetime]:
    first = now + rules.notice
    for ahead in range(DAYS):
        day = (now.astimezone(WIB) + timedelta(days=ahead)).date()
        for since, until in calendar.day(day).intervals:
            start, end = (datetime.combine(day, at, WIB) for at in (since, until))
            while start + rules.length <= end:
                if start >= first and not _shut(calendar, start):
                    yield start
                start += rules.length


def _shut(calendar: Calendar, start: datetime) -> bool:
    closing = calendar.closing(start)
    return closing is not None and closing.reason == "emergency"
