"""What the database says of the calls of a test, each found by the number it dialled."""

import asyncio
import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol, TypeVar

import asyncpg

from config.speech import WIB

Made = TypeVar("Made", "Ticket", "Step", "Row")

OPEN_CALLS = "SELECT count(*) FROM call WHERE ended_at IS NULL"
PATIENCE = 50.0
"""Seconds that a call's last fact may take to its row: what the PBX noted alone of a caller who was
gone before the service heard of them is looked for every thirty."""


class Dialled(Protocol):
    """A call as the ledger knows it: by the number that it alone dialled."""

    @property
    def dialled(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its row and its live callback tell it; times in WIB."""

    number: str
    category: str
    channel: str
    reason: str
    status: str
    phone: str | None
    fields: dict[str, Any]
    language: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    event: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """A call's row."""

    caller: str
    phone: str | None
    flow: str
    outcome: str
    last_step: str
    certain: bool


class Ledger:
    """Looks at the tables as the service's own role; changes nothing but where it says so."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def row(self, call: Dialled) -> Row:
        """The call's one row, once it has ended."""
        query = "SELECT * FROM call WHERE dialled = $1"
        rows = await self._eventually(query, call, lambda rows: rows and rows[0]["ended_at"])
        assert len(rows) == 1, f"{call.dialled} has {len(rows)} rows"
        return _made(Row, rows[0])

    async def steps(self, call: Dialled) -> list[Step]:
        """The call's story, once it has ended."""
        await self.row(call)
        rows = await self._pool.fetch(
            "SELECT s.* FROM call_step s JOIN call c ON c.id = s.call WHERE dialled = $1"
            " ORDER BY seq",
            call.dialled,
        )
        return [_made(Step, row) for row in rows]

    async def tickets(self, *calls: Dialled) -> list[Ticket]:
        """The tickets of these calls, once they have ended."""
        for call in calls:
            await self.row(call)
        rows = await self._pool.fetch(
            "SELECT t.*, b.due FROM ticket t JOIN call c ON c.id = t.call"
            " LEFT JOIN callback b ON b.ticket = t.id"
            " AND b.state IN ('waiting', 'claimed', 'dialling')"
            " WHERE dialled = ANY($1) ORDER BY t.number",
            [call.dialled for call in calls],
        )
        return [_ticket(row) for row in rows]

    async def ticket(self, call: Dialled) -> Ticket:
        """The one ticket of this call."""
        found = await self.tickets(call)
        assert len(found) == 1, f"{call.dialled} has {len(found)} tickets"
        return found[0]

    async def promised(self, call: Dialled) -> list[tuple[str, datetime, str]]:
        """Type, time in WIB and state of what this call was promised, once it has ended."""
        await self.row(call)
        rows = await self._pool.fetch(
            "SELECT DISTINCT b.type, b.promised, b.state FROM callback b"
            " JOIN callback_request r ON r.callback = b.id JOIN call c ON c.id = r.call"
            " WHERE dialled = $1",
            call.dialled,
        )
        return [(row["type"], row["promised"].astimezone(WIB), row["state"]) for row in rows]

    async def all_ended(self) -> None:
        """Wait until no call is open."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if not await self._pool.fetchval(OPEN_CALLS):
                    return
                await asyncio.sleep(0.1)

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        return list(await self._pool.fetch(query, *values))

    async def _eventually(self, query: str, call: Dialled, enough: Any) -> list[asyncpg.Record]:
        async with asyncio.timeout(PATIENCE):
            while True:
                rows = await self._pool.fetch(query, call.dialled)
                if enough(rows):
                    return list(rows)
                await asyncio.sleep(0.05)


def _ticket(row: asyncpg.Record) -> Ticket:
    values = dict(row) | {"fields": json.loads(row["fields"])}
    if row["due"]:
        values["due"] = row["due"].astimezone(WIB)
    return _made(Ticket, values)


def _made(kind: type[Made], row: Any) -> Made:
    return kind(**{field.name: row[field.name] for field in fields(kind)})
