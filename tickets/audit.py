"""The calls that have a row, for comparison with the PBX's own records."""

from dataclasses import dataclass
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class CallRow:
    uniqueid: str
    ended: bool


async def calls_of_pbx(store: Store, pbx: str, since: UUID) -> list[CallRow]:
    """The rows of one PBX's calls whose channels are not older than the id `since`, which has
    its time from the channel. Raises StoreAway."""
    async with store.connection() as connection:
        rows = await connection.fetch(SQL["calls_of_pbx"], pbx, since)
    return [CallRow(row["uniqueid"], row["ended"]) for row in rows]
