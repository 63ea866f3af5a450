"""What a producer can still take on in a month: promised by compare-and-set, so never twice."""

from datetime import date
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Connection


async def take(connection: Connection, producer: UUID, month: date, pieces: int) -> bool:
    """Promise pieces of the month that `month` is its first day of, in the caller's transaction.

    False when fewer are left, or the producer is not listed. Of two who take the last ones at
    once the later one waits until the other's transaction ends.
    """
    return bool(await connection.fetchval(SQL["take_capacity"], producer, month, pieces))


async def give_back(connection: Connection, producer: UUID, month: date, pieces: int) -> bool:
    """Undo a promise; false when so many were not taken."""
    return bool(await connection.fetchval(SQL["give_back_capacity"], producer, month, pieces))


async def left(connection: Connection, producer: UUID, month: date) -> int | None:
    """Pieces that can still be promised; None for a producer that is not there."""
    found: int | None = await connection.fetchval(SQL["capacity_left"], producer, month)
    return found
