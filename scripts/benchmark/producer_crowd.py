"""Very many producers of every kind of goods, all over the country, and tickets that seek some."""

import json
from datetime import date
from random import Random
from typing import Any

from config.documents import load
from config.goods import goods
from config.regions import FILE, regions
from tickets.producers.given import SCHEMES
from tickets.store import Connection

COLUMNS = (
    *("nib", "name", "city", "province", "kbli", "kbli_version", "products", "kinds", "schemes"),
    *("minimum_order", "packages", "price_from", "price_to", "capacity", "curated_by"),
    *("verified_on", "verified_source", "deals", "no_deals"),
)


async def crowd_of_producers(sql: Connection, producers: int) -> None:
    """The same ones each time; of three one has promised half of this month."""
    random = Random(5)
    places = _places()
    rows = [_producer(n, random, places) for n in range(producers)]
    await sql.copy_records_to_table("producer", records=rows, columns=COLUMNS)
    await sql.execute(
        "INSERT INTO producer_month (producer, month, offered, taken) "
        "SELECT id, date_trunc('month', now() AT TIME ZONE 'Asia/Jakarta')::date, capacity, "
        "capacity / 2 FROM producer WHERE right(nib, 1) IN ('1', '4', '7')"
    )
    await sql.execute("ANALYZE producer, producer_month")


async def turn_into_wishes(sql: Connection) -> None:
    """Every ticket is an open one of somebody who looks for producers."""
    random = Random(6)
    places = _places()
    numbers = [row["number"] for row in await sql.fetch("SELECT number FROM ticket ORDER BY 1")]
    words = [word for kind in goods().kinds.values() for word in kind.words]
    wishes = [
        json.dumps(
            {
                "city": random.choice(places),
                "kind": " dan ".join(random.sample(words, random.randint(1, 2))),
                "scheme": random.choice(SCHEMES),
                "capital": f"{random.randint(1, 10)} juta",
            }
        )
        for _ in numbers
    ]
    await sql.execute(
        "UPDATE ticket SET category = 'GANTI', confidential = false, status = 'baru', "
        "fields = given.fields::jsonb "
        "FROM unnest($1::text[], $2::text[]) AS given (number, fields) "
        "WHERE ticket.number = given.number",
        numbers,
        wishes,
    )


def _places() -> list[str]:
    return [place for one in load(FILE).value.values() for place in one["places"]]


def _producer(n: int, random: Random, places: list[str]) -> tuple[Any, ...]:
    place = random.choice(places)
    city = regions().city(place)
    assert city is not None
    kinds = random.sample(list(goods().kinds), random.randint(1, 3))
    price = random.randint(20, 150) * 1000
    verified = random.random() < 0.5
    return (
        f"{n:013d}",
        f"Konveksi Rekaan {n}",
        city.name,
        city.province.code,
        ["14111"],
        2020,
        [goods().kinds[kind].id for kind in kinds],
        kinds,
        random.sample(SCHEMES, random.randint(1, 3)),
        random.choice((1, 6, 12, 24)),
        random.choice(([], [2_000_000], [2_000_000, 5_000_000], [3_000_000])),
        price,
        price * 2,
        random.randint(0, 1000),
        random.choice(("smesco", "ikft", "ministry")),
        date(2026, 1, 5) if verified else None,
        "contoh" if verified else "",
        random.randint(0, 5),
        random.randint(0, 5),
    )
