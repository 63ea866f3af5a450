"""Producers as a test needs them."""

from typing import Any
from uuid import UUID

from tickets.store import Connection

GIVEN: dict[str, Any] = {
    "name": "Konveksi Contoh",
    "city": "Bandung",
    "province": "32",
    "kbli": ["14111"],
    "kbli_version": 2020,
    "products": ["jaket"],
    "kinds": ["jacket"],
    "schemes": ["reseller"],
    "price_from": 40_000,
    "price_to": 60_000,
    "capacity": 100,
    "curated_by": "ikft",
}


async def producer(sql: Connection, nib: str, **given: Any) -> UUID:
    """The id of a new one."""
    row = GIVEN | {"nib": nib} | given
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    made: UUID = await sql.fetchval(
        f"INSERT INTO producer ({', '.join(row)}) VALUES ({places}) RETURNING id",  # noqa: S608
        *row.values(),
    )
    return made
