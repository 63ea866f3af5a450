"""`saluran calendar`: the hours of a month, and why they are so."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scripts.cli import show
from scripts.cli.place import Here, Json

if TYPE_CHECKING:
    from datetime import date

    from config.calendar import Day

COLUMNS = ("date", "weekday", "hours", "why", "name", "source")


def calendar(month: str | None = None, *, place: Here, json: Json = False) -> None:
    """Show a month's opening hours in WIB, with holidays and their sources.

    Parameters
    ----------
    month
        Such as `2026-11`; this month unless given.
    """
    from config.calendar import WIB, Calendar

    settings = place.settings_or_defaults()
    year, number = _month(month or f"{settings.clock.now().astimezone(WIB):%Y-%m}")
    days = Calendar.load(settings.files.calendar, settings.hours).month(year, number)
    show.listing((_row(date, day) for date, day in days.items()), COLUMNS, as_json=json)


def _month(text: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d{4}-\d{2}", text):
        raise ValueError(f"{text!r} is no month — write it like 2026-11")
    try:
        first = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 a month has no zone
    except ValueError:
        raise ValueError(f"{text!r} is no month — months go from 01 to 12") from None
    return first.year, first.month


def _row(date: "date", day: "Day") -> dict[str, Any]:
    return {
        "date": date.isoformat(),
        "weekday": f"{date:%a}",
        "hours": ", ".join(f"{since:%H:%M}-{until:%H:%M}" for since, until in day.intervals),
        "why": day.reason + (" (estimated)" if day.is_estimated else ""),
        "name": day.name,
        "source": day.source,
    }
