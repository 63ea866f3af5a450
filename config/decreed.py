"""National holidays and *cuti bersama* as decreed each year (SKB 3 Menteri), from `holidays`.

The decree for a year comes in the autumn before; dates further ahead, and those that wait for the
moon to be sighted, are estimates and said so.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from holidays import country_holidays
from holidays.version import __version__

_ESTIMATED = "(perkiraan)"
_SOURCES = {"public": "hari libur nasional", "government": "cuti bersama"}


@dataclass(frozen=True, slots=True)
class Decreed:
    name: str
    """In Indonesian."""
    source: str
    estimated: bool


def decreed(day: date) -> Decreed | None:
    """The holiday of a day, if it is one."""
    return _year(day.year).get(day)


@lru_cache(maxsize=16)
def _year(year: int) -> dict[date, Decreed]:
    found: dict[date, Decreed] = {}
    for category, words in _SOURCES.items():
        days = country_holidays("ID", years=year, categories=(category,), language="id")
        source = f"{words}, holidays {__version__}"
        for day, name in days.items():
            plain = name.replace(f" {_ESTIMATED}", "")
            found.setdefault(day, Decreed(plain, source, _ESTIMATED in name))
    return found
