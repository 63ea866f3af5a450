"""Ticket numbers: handed out in blocks, so that a service can go on while PostgreSQL is away."""

from config.numbers import ticket_number
from tickets.queries import SQL
from tickets.store import Connection

BLOCK = 500


async def take_block(connection: Connection, year: int, size: int = BLOCK) -> range:
    """Sequence numbers of that year that nobody else gets, even if this process loses them."""
    first = int(await connection.fetchval(SQL["take_numbers"], year, size))
    return range(first, first + size)


async def take_number(connection: Connection, year: int) -> str:
    """One ticket number, for a ticket that comes without."""
    return ticket_number(year, (await take_block(connection, year, 1))[0])
