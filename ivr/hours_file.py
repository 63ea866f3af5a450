"""The hours, written for the PBX, so that it can say them while the service is away.

The dialplan (`[saluran-hours]` in config/asterisk/extensions_saluran.conf) reads from the folder:

- `YYYYMMDD` of each day to come: `0800-1200&1300-1600` in WIB, or `closed`;
- `closure`: the emergency closures as `FROM-UNTIL&…` in seconds since 1970; empty for none;
- `spoken-id`: the weekly hours as sounds, `saluran/hours-open&saluran/day/1&…`.

A file that is missing makes the PBX say nothing of the hours; it takes the request all the same.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from config.calendar import HORIZON, Calendar

FOR_EVER = 9_999_999_999
"""The end, in seconds since 1970, of a closure that lasts until it is lifted."""
MOST_CLOSURES = 16
"""As many as the dialplan reads."""

Intervals = Sequence[tuple[time, time]]
ALL_DAY = ((time(0), time(0)),)


def days_of(calendar: Calendar, first: date) -> dict[date, Intervals]:
    """The hours from a date on, as far ahead as the calendar looks, in the calendar's mode."""
    days = (first + timedelta(days=n) for n in range(HORIZON.days))
    match calendar.mode:
        case "office":
            return {day: calendar.day(day).intervals for day in days}
        case "always":
            return dict.fromkeys(days, ALL_DAY)
        case "never":
            return dict.fromkeys(days, ())


def publish(folder: Path, days: Mapping[date, Intervals], spoken: Sequence[str]) -> None:
    """Write the days given and the sentence of the week (prompt ids); older days are removed.

    An `until` of midnight means the end of the day. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for day, intervals in days.items():
        _write(folder / f"{day:%Y%m%d}", _day(intervals))
    _write(folder / "spoken-id", "&".join(f"saluran/{sound}" for sound in spoken))
    current = {f"{day:%Y%m%d}" for day in days}
    for path in folder.glob("[0-9]" * 8):
        if path.name not in current:
            path.unlink(missing_ok=True)


def publish_closures(
    folder: Path, closures: Sequence[tuple[datetime, datetime | None, str]], now: datetime
) -> None:
    """Write the emergency closures (from, until, reason) that are not over. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    spans = sorted(
        (int(since.timestamp()), int(until.timestamp()) if until else FOR_EVER)
        for since, until, _ in closures
        if until is None or until > now
    )
    text = "&".join(f"{since}-{until}" for since, until in spans[:MOST_CLOSURES])
    _write(folder / "closure", text)


def _day(intervals: Intervals) -> str:
    if not intervals:
        return "closed"
    return "&".join(f"{_minute(since)}-{_minute(until, end=True)}" for since, until in intervals)


def _minute(at: time, *, end: bool = False) -> str:
    """`HHMM`; an end is rounded up, so that a day that ends at 23:59:59 is open to its end."""
    minutes = at.hour * 60 + at.minute
    if end and (at.second or at.microsecond or minutes == 0):
        minutes = minutes + 1 if minutes else 24 * 60
    return f"{minutes // 60:02}{minutes % 60:02}"


def _write(path: Path, text: str) -> None:
    """The PBX may read at any moment: it finds the old text or the new one, never half of it."""
    if path.exists() and path.read_text(encoding="ascii") == text:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="ascii")
    temporary.replace(path)
