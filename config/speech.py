"""Numbers, days, times and hours as prompt ids, to be played one after the other.

Every id has one recording per language; the channel's language chooses between them. Only the
order of the ids depends on the language, and only those functions ask for it. `all_ids` lists
everything that can be returned here, with its exact words.

Digits go in pairs because an isolated digit is often misheard through the phone band.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import cache
from itertools import groupby
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config import words

LANGUAGES = ("id", "en")
WIB = ZoneInfo("Asia/Jakarta")
ZONES: Mapping[str, ZoneInfo] = MappingProxyType(
    {"WIB": WIB, "WITA": ZoneInfo("Asia/Makassar"), "WIT": ZoneInfo("Asia/Jayapura")}
)

Week = Sequence[Sequence[tuple[time, time]]]
"""From Monday to Sunday, the intervals (from, until) in WIB in which the line is open."""

# The zones' distance from Jakarta in hours; none of them knows summer time.
_ZONES = ((0, "zone-wib"), (1, "zone-wita"), (2, "zone-wit"))


def digits(text: str) -> list[str]:
    """The digits of `text` in pairs, an odd last one alone; everything else in it is silent."""
    keyed = [char for char in text if char in "0123456789"]
    pairs = ["".join(keyed[i : i + 2]) for i in range(0, len(keyed), 2)]
    return [f"pair/{pair}" if len(pair) == 2 else f"digit/{pair}" for pair in pairs]


def number(n: int) -> list[str]:
    """A cardinal from 0 to 999; ValueError outside of it."""
    if not 0 <= n <= 999:
        raise ValueError(f"only 0 to 999 can be spoken, not {n}")
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return [f"number/{rest}"]
    return [f"hundred/{hundreds}", *([f"number/{rest}"] if rest else [])]


def date(day: dt.date, language: str) -> list[str]:
    """Weekday, day and month: "Senin, tiga puluh November"; "Monday, November thirtieth"."""
    parts = [f"date/{day.day}", f"month/{day.month}"]
    return [f"day/{day.isoweekday()}", *(parts if language == "id" else reversed(parts))]


def clock(at: time, language: str) -> list[str]:
    """A time of the day to the minute."""
    if at.minute in (0, 30):
        return [f"clock/{at.hour:02}{at.minute:02}"]
    parts = [f"clock/{at.hour:02}00", f"past/{at.minute}"]
    return parts if language == "id" else parts[::-1]


def moment(at: datetime, language: str) -> list[str]:
    """An aware moment as day and time in WIB; ValueError for a naive one."""
    local = _local(at)
    return date(local.date(), language) + clock(local.time(), language)


def moment_there(at: datetime, zone: str, language: str) -> list[str]:
    """An aware moment as the clocks of `zone` (WIB, WITA, WIT) show it, and the zone's name."""
    there = at.astimezone(ZONES[zone])
    said = date(there.date(), language) + clock(there.time(), language)
    return [*said, f"zone-{zone.lower()}"]


def greeting(at: datetime) -> str:
    """The greeting of the hour in WIB: *pagi* before 11, *siang* before 15, *sore* before 18."""
    hour = _local(at).hour
    for until, part in ((11, "morning"), (15, "noon"), (18, "afternoon")):
        if hour < until:
            return f"greeting-{part}"
    return "greeting-evening"


def hours(week: Week, language: str) -> list[str]:
    """The weekly hours as one announcement in WIB, WITA and WIT; empty when never open.

    Consecutive days with the same hours are spoken together; a break makes two intervals.
    """
    runs = [
        (intervals, [weekday for weekday, _ in days])
        for intervals, days in groupby(enumerate(week, 1), key=lambda day: tuple(day[1]))
    ]
    spoken = [_days(days) + _zones(intervals, language) for intervals, days in runs if intervals]
    return ["hours-open", *_joined(spoken, "hours-and")] if spoken else []


@cache
def all_ids() -> Mapping[str, Mapping[str, str]]:
    """Every id made here (those of the catalogue apart) with its text per language."""
    ids: dict[str, Mapping[str, str]] = {}
    for language in LANGUAGES:
        for id_, text in _texts(language).items():
            ids[id_] = {**ids.get(id_, {}), language: text}
    return MappingProxyType(ids)


def _texts(language: str) -> dict[str, str]:
    spell = words.DIGITS[language]
    return (
        {f"digit/{n}": spell[n] for n in range(10)}
        | {f"pair/{a}{b}": f"{spell[a]} {spell[b]}" for a in range(10) for b in range(10)}
        | {f"number/{n}": words.cardinal(n, language) for n in range(100)}
        | {f"hundred/{n}": words.hundreds(n, language) for n in range(1, 10)}
        | {f"day/{n}": name for n, name in enumerate(words.DAYS[language], 1)}
        | {f"date/{n}": words.day_of_month(n, language) for n in range(1, 32)}
        | {f"month/{n}": name for n, name in enumerate(words.MONTHS[language], 1)}
        | {
            f"clock/{hour:02}{minute:02}": words.clock(time(hour, minute), language)
            for hour in range(24)
            for minute in (0, 30)
        }
        | {f"past/{n}": words.past(n, language) for n in range(1, 60) if n != 30}
    )


def _days(days: Sequence[int]) -> list[str]:
    ends = [f"day/{days[0]}", f"day/{days[-1]}"]
    match len(days):
        case 1:
            return ends[:1]
        case 2:
            return _joined([[end] for end in ends], "hours-and")
        case _:
            return _joined([[end] for end in ends], "hours-until")


def _zones(intervals: Sequence[tuple[time, time]], language: str) -> list[str]:
    zones = []
    for east, zone in _ZONES:
        spoken = [_interval(since, until, east, language) for since, until in intervals]
        zones.append([*_joined(spoken, "hours-and"), zone])
    return _joined(zones, "hours-or")


def _interval(since: time, until: time, east: int, language: str) -> list[str]:
    ends = [at.replace(hour=(at.hour + east) % 24) for at in (since, until)]
    return _joined([clock(at, language) for at in ends], "hours-until")


def _joined(parts: Sequence[list[str]], between: str) -> list[str]:
    first, *rest = parts
    return first + [id_ for part in rest for id_ in (between, *part)]


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(WIB)
