"""Moving a ticket through its life cycle."""

from uuid import UUID

from tickets import lifecycle
from tickets.errors import TicketMoved
from tickets.queries import SQL
from tickets.store import Store


async def move(store: Store, ticket: UUID, was: str, became: str, actor: str) -> None:
    """Move a ticket that the actor last saw in `was`, and write its history.

    Raises MoveForbidden for a move that the life cycle does not know, TicketMoved when the ticket
    is not in `was` any more (or never was), and StoreAway.
    """
    lifecycle.allow(was, became)
    async with store.connection() as connection:
        moved = await connection.fetchval(SQL["move"], ticket, was, became, actor)
    if moved is None:
        raise TicketMoved(f"ticket {ticket} is not in `{was}` any more; read it again")
