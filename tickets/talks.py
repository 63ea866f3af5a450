"""The talks that agents had, as they are written."""

from dataclasses import dataclass
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Talks:
    """Every method raises StoreAway."""

    store: Store

    async def last_entry(self, agent: str) -> UUID | None:
        """The stay in a queue that an agent's last talk ended, by the agent's extension."""
        async with self.store.connection() as connection:
            found: UUID | None = await connection.fetchval(SQL["last_entry"], agent)
        return found
