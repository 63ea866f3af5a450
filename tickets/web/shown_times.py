"""Times as people read them: in Jakarta, in words where words say more."""

from dataclasses import dataclass
from datetime import date as date_
from datetime import datetime

from config.calendar import WIB
from config.speech import ZONES
from tickets.web.language import Words

SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Due:
    """How near a deadline is: `level` for its colour, `text` for those who see none."""

    level: str
    text: str


def moment(words: Words, at: datetime) -> str:
    """A day and a time."""
    return f"{day(words, at)}, {clock(words, at)}"


def day(words: Words, at: datetime) -> str:
    """A date with its weekday."""
    return date(words, at.astimezone(WIB).date())


def date(words: Words, at: date_) -> str:
    """The same of a date."""
    weekday = words(f"common.weekday.d{at.weekday()}")
    month = words(f"common.month.m{at.month}")
    return f"{weekday} {at.day} {month} {at.year}"


def clock(words: Words, at: datetime) -> str:
    """The time of the day."""
    at = at.astimezone(WIB)
    return f"{at:%H.%M}" if words.language == "id" else f"{at:%H:%M}"


def due(words: Words, at: datetime, now: datetime) -> Due:
    """Days are those of Jakarta's calendar."""
    days = (at.astimezone(WIB).date() - now.astimezone(WIB).date()).days
    if at <= now:
        if days == 0:
            return Due("late", words("common.due.late_today", at=clock(words, at)))
        return Due("late", words("common.due.late", days=-days))
    if days == 0:
        return Due("soon", words("common.due.today", at=clock(words, at)))
    if days == 1:
        return Due("soon", words("common.due.tomorrow"))
    return Due("soon" if days <= SOON_DAYS else "far", words("common.due.days", days=days))


def there(words: Words, at: datetime, zone: str) -> str:
    """A day and a time by the clocks of a zone (WIB, WITA, WIT), which is named."""
    local = at.astimezone(ZONES[zone])
    clock = f"{local:%H.%M}" if words.language == "id" else f"{local:%H:%M}"
    return f"{date(words, local.date())}, {clock} {zone}"


def length(words: Words, seconds: float) -> str:
    """Minutes and seconds."""
    whole = round(seconds)
    return words("common.length", minutes=whole // 60, seconds=f"{whole % 60:02}")


def for_input(at: datetime, zone: str = "WIB") -> str:
    """As `datetime-local` wants it."""
    return f"{at.astimezone(ZONES[zone]):%Y-%m-%dT%H:%M}"


def from_input(text: str, zone: str = "WIB") -> datetime:
    """Raises ValueError."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZONES[zone])
