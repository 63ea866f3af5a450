"""What became of a month's callers, for the ministry: page, PDF and CSV tell the same figures.

Small groups are left out here, so that nothing that shows them can tell them (docs/month.md).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from config.calendar import WIB
from config.goods import goods
from config.regions import regions
from tickets import suppression
from tickets.queries import SQL
from tickets.store import Store
from tickets.suppression import Told

TRADERS = ("GANTI", "STOK", "TERTIB", "LATIH", "KUR")
"""In these somebody speaks of their own trade."""
OF_GOODS = ("GANTI", "STOK")
UNKNOWN = "unknown"
WISHES = ("replace", "stop", "learn", "capital", UNKNOWN)
_WISH = (
    ("replace", r"ganti|produk lokal|barang lokal|beralih|replace"),
    ("stop", r"berhenti|tutup usaha|\bstop"),
    ("learn", r"belajar|latih|kursus|bina|learn"),
    ("capital", r"modal|kredit|\bkur\b|pinjam|capital"),
)
_BY_CATEGORY = {"GANTI": "replace", "LATIH": "learn", "KUR": "capital"}
FIGURES = (
    *("people", "traders", "introduced", "accepted", "declined", "deal", "no_deal"),
    *("signed_up", "trained"),
)


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A month of Jakarta's calendar."""

    first: date

    @classmethod
    def of(cls, day: date) -> "MonthOf":
        return cls(day.replace(day=1))

    @property
    def after(self) -> "MonthOf":
        return MonthOf(date(self.first.year + self.first.month // 12, self.first.month % 12 + 1, 1))

    @property
    def before(self) -> "MonthOf":
        return MonthOf(
            date(self.first.year - (self.first.month == 1), (self.first.month - 2) % 12 + 1, 1)
        )

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.first, time(), WIB)

    @property
    def end(self) -> datetime:
        return self.after.begin

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A kind of goods that traders deal in."""

    kind: str
    """As `config/goods.yaml` names it; `unknown` for words that it does not have."""
    people: int | None
    producers: int
    """That are listed and offer it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """None is a figure that is left out for the smallness of its group."""

    month: str
    complete: bool
    figures: Mapping[str, int | None]
    """By `FIGURES`: people, each once."""
    provinces: Told
    """Traders by the ministry's number of the province."""
    wishes: Told
    wanted: list[Wanted]
    """What is least offered comes first."""
    partners: Mapping[str, int | None]
    """People whose tickets were handed over, by institution."""


@dataclass(frozen=True, slots=True)
class Months:
    """Raises StoreAway."""

    store: Store
    now: datetime

    async def read(self, month: MonthOf) -> Month:
        when = (month.begin, month.end)
        async with self.store.connection() as connection:
            traders = await connection.fetch(SQL["month_traders"], *when, list(TRADERS))
            wanted = await connection.fetch(SQL["month_wanted"], *when, list(OF_GOODS))
            offered = await connection.fetch(SQL["month_offered"])
            counts = await connection.fetchrow(SQL["month_counts"], *when)
            dealings = await connection.fetch(SQL["month_dealings"], *when)
            handovers = await connection.fetch(SQL["month_handovers"], *when)
        provinces, wishes = _together(_provinces(traders), _wishes(traders))
        figures = dict.fromkeys(FIGURES, 0) | dict(counts)
        figures |= {row["became"]: row["people"] for row in dealings}
        told = {name: suppression.one(figures[name]) for name in FIGURES}
        return Month(
            month=str(month),
            complete=month.end <= self.now,
            figures=told | {"traders": provinces.total},
            provinces=provinces,
            wishes=wishes,
            wanted=_wanted(wanted, {row["kind"]: row["producers"] for row in offered}),
            partners={row["name"]: suppression.one(row["people"]) for row in handovers},
        )


def wish_of(written: str, category: str) -> str:
    """What somebody wishes, by their words or else by what they called for."""
    plain = written.casefold()
    found = next((wish for wish, words in _WISH if re.search(words, plain)), None)
    return found or _BY_CATEGORY.get(category, UNKNOWN)


def _together(one: Told, other: Told) -> tuple[Told, Told]:
    """Of two tables of the same people neither tells the total that the other one hides."""
    if one.total is None or other.total is None:
        return Told(one.cells, None), Told(other.cells, None)
    return one, other


def _provinces(rows: Iterable[Mapping[str, Any]]) -> Told:
    known = regions()
    people: dict[str, int] = dict.fromkeys([*known.provinces, UNKNOWN], 0)
    for row in rows:
        province = known.province(row["city"])
        people[province.code if province else UNKNOWN] += row["people"]
    return suppression.table(people)


def _wishes(rows: Iterable[Mapping[str, Any]]) -> Told:
    people: Counter[str] = Counter(dict.fromkeys(WISHES, 0))
    for row in rows:
        people[wish_of(row["wish"], row["category"])] += row["people"]
    return suppression.table(people)


def _wanted(rows: Iterable[Mapping[str, Any]], offered: Mapping[str, int]) -> list[Wanted]:
    """Somebody who deals in several kinds is counted in each: these have no total."""
    who: dict[str, set[Any]] = defaultdict(set)
    for row in rows:
        for kind in goods().meant(row["kind"]) or [UNKNOWN]:
            who[kind].add(row["who"])
    found = [
        Wanted(kind=kind, people=suppression.one(len(people)), producers=offered.get(kind, 0))
        for kind, people in who.items()
    ]
    # By what is told: the order must not tell what is left out.
    return sorted(found, key=lambda one: (one.producers, -(one.people or 0), one.kind))
