"""Callbacks as the dialler sees them: claims, each of which one service holds.

Fits `ivr.ports_queue.CallbackDesk`, `CallerMemory` and `ivr.slot_book.Bookings` in its methods and
fields, but for the errors. A claim is a compare-and-set in `sql/callbacks.sql`; what became of an
attempt comes as a fact (`tickets.applying_callbacks`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.calendar import WIB
from tickets.queries import SQL
from tickets.store import Connection, Store


@dataclass(frozen=True, slots=True)
class DueCallback:
    """A claimed callback; `ivr.ports_queue` says what each field means."""

    id: UUID
    ticket: UUID
    number: str
    phone: str
    other_phone: str | None
    queue: str
    """Empty when it was asked for outside a queue: the ticket's category then tells."""
    language: str
    topic: str
    name: str | None
    since: datetime
    priority: int
    attempt: UUID
    tries: int
    dialling: bool


@dataclass(frozen=True, slots=True)
class LastTalk:
    agent: str
    at: datetime


class Callbacks:
    """Every method raises StoreAway."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """`now` is the service's clock, which a demo may have moved."""
        self._store = store
        self._now = now

    async def last_talk(self, phone: str) -> LastTalk | None:
        async with self._store.connection() as connection:
            row = await connection.fetchrow(SQL["last_talk"], phone)
        return LastTalk(row["agent"], row["at"]) if row else None

    async def calls_today(self, phone: str) -> int:
        """Since midnight in Jakarta."""
        midnight = self._now().astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._store.connection() as connection:
            return int(await connection.fetchval(SQL["calls_since"], phone, midnight))

    async def claim_due(self, now: datetime, most: int, by: str) -> list[DueCallback]:
        """Take due callbacks, the oldest first within a priority, each with a new attempt."""
        async with self._store.connection() as connection, connection.transaction():
            rows = await connection.fetch(SQL["claim_due"], now, most, by)
            return await _claimed(connection, [row["id"] for row in rows])

    async def claimed(self, by: str) -> list[DueCallback]:
        """What `by` has claimed and not settled."""
        async with self._store.connection() as connection:
            rows = await connection.fetch(SQL["claims_of"], by)
            return await _claimed(connection, [row["id"] for row in rows])

    async def mark_dialling(self, callback: UUID, attempt: UUID) -> bool:
        """False when the claim is not ours any more; True again for the same attempt."""
        async with self._store.connection() as connection:
            marked = await connection.fetchval(SQL["mark_dialling"], callback, attempt, self._now())
        return bool(marked)

    async def release(self, callback: UUID, attempt: UUID, due: datetime) -> None:
        """Give an undialled claim back; nothing happens when it is not ours any more."""
        async with self._store.connection() as connection:
            await connection.execute(SQL["release_claim"], callback, attempt, due)

    async def booked(self, first: datetime, last: datetime) -> dict[datetime, int]:
        """Live callbacks of the type `slot` by the time that was promised."""
        async with self._store.connection() as connection:
            rows = await connection.fetch(SQL["booked"], first, last)
        return {row["promised"]: row["booked"] for row in rows}


async def _claimed(connection: Connection, ids: list[UUID]) -> list[DueCallback]:
    rows = await connection.fetch(SQL["claimed_callbacks"], ids)
    return [DueCallback(**row) for row in rows]
