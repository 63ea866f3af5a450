"""Which producers fit what a trader wishes, and why: rated by the statement `match_producers`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from config.goods import goods
from config.regions import regions
from tickets.producers import money
from tickets.producers.written import scheme
from tickets.queries import SQL
from tickets.store import Connection

MOST = 10
"""Producers on a list."""
WHOLE = {
    **{"product": 40, "scheme": 15, "capital": 15, "distance": 15, "outcomes": 5},
    **{"capacity": 5, "verified": 5},
}
"""Points that each reason can bring; a hundred together."""
_REPLACES = ("replace", "ganti", "produk lokal", "local goods")
About = Literal["product", "scheme", "capital", "distance", "capacity", "outcomes", "verified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a ticket says, as producers are compared with it."""

    kinds: tuple[str, ...]
    """Of config/goods.yaml; empty where what was written names none: then any kind may do."""
    scheme: str | None
    capital: int | None
    """Rupiah: of a range its upper end."""
    city: str | None
    province: str | None
    """Its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a producer stands where it does on the list."""

    about: About
    found: str
    """Which of the words `matching.<about>.<found>` says it."""
    points: int
    of: int
    """Points that it can bring at best."""
    values: dict[str, int]
    """Amounts in the words; Rupiah, pieces, introductions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A producer that fits."""

    id: UUID
    name: str
    brand: str
    city: str
    products: list[str]
    schemes: list[str]
    price_from: int
    price_to: int
    minimum_order: int
    packages: list[int]
    capacity_left: int
    verified_on: date | None
    contact_shared: bool
    points: int
    reasons: list[Reason]


def may_wish(category: str, fields: Mapping[str, Any]) -> bool:
    """Whether the ticket is of somebody who looks for producers: GANTI, and STOK that asks so."""
    wish = str(fields.get("wish", "")).casefold()
    return category == "GANTI" or (category == "STOK" and any(one in wish for one in _REPLACES))


def wish_of(fields: Mapping[str, Any]) -> Wish:
    """Out of a ticket's fields, which are people's own words."""
    told = {name: str(value) for name, value in fields.items()}
    city = regions().city(told.get("city", ""))
    province = city.province if city else regions().province(told.get("city", ""))
    meant = goods().meant(told.get("kind", "")) or goods().meant(told.get("wish", ""))
    return Wish(
        kinds=tuple(meant),
        scheme=scheme(told["scheme"]) if told.get("scheme") else None,
        capital=money.most(told.get("capital", "")),
        city=city.name if city else None,
        province=province.code if province else None,
    )


def arguments(wish: Wish, month: date, most: int = MOST) -> tuple[Any, ...]:
    """What the statement `match_producers` takes."""
    kinds = list(wish.kinds)
    where = regions()
    island = where.of_island(where.provinces[wish.province].island) if wish.province else []
    return (
        kinds,
        goods().near(kinds) if kinds else list(goods().kinds),
        wish.scheme,
        wish.capital,
        wish.city,
        wish.province,
        island,
        month,
        most,
    )


async def matches(connection: Connection, wish: Wish, month: date, most: int = MOST) -> list[Match]:
    """Best first, for the capacity of the month that `month` is the first day of."""
    rows = await connection.fetch(SQL["match_producers"], *arguments(wish, month, most))
    names = Match.__dataclass_fields__.keys() - {"reasons"}
    return [
        Match(**{name: row[name] for name in names}, reasons=list(_reasons(wish, row)))
        for row in rows
    ]


def _reasons(wish: Wish, row: Mapping[str, Any]) -> Iterator[Reason]:
    """All seven, those that bring nothing too: what speaks against is a reason as well."""
    nothing = {"scheme": wish.scheme, "capital": wish.capital, "distance": wish.province}
    unknown = {about for about, told in nothing.items() if told is None}
    found: dict[About, str] = {
        "product": ("exact" if row["for_product"] == WHOLE["product"] else "near")
        if wish.kinds
        else "unknown",
        "scheme": "yes" if row["for_scheme"] else "no",
        "capital": "yes" if row["for_capital"] else "no",
        "distance": {15: "city", 10: "province", 5: "island"}.get(row["for_distance"], "far"),
        "capacity": "much" if row["for_capacity"] == WHOLE["capacity"] else "little",
        "outcomes": "some" if row["deals"] + row["no_deals"] else "none",
        "verified": "yes" if row["for_verified"] else "no",
    }
    values: dict[str, dict[str, int]] = {
        "capital": {"least": row["least"], "capital": wish.capital or 0},
        "capacity": {"left": row["capacity_left"], "capacity": row["capacity"]},
        "outcomes": {"deals": row["deals"], "all": row["deals"] + row["no_deals"]},
    }
    for about, how in found.items():
        yield Reason(
            about=about,
            found="unknown" if about in unknown else how,
            points=row[f"for_{about}"],
            of=WHOLE[about],
            values=values.get(about, {}),
        )
