"""What the rows say of calls and promises, for comparison with the PBX's records and each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class CallRow:
    uniqueid: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Promises:
    """Whether each call has the outcome that its rows tell, and where each callback is."""

    kept: int
    live: int
    cancelled: int
    with_people: int
    contradictions: list[str]
    """A sentence each, with the call or callback; none when all is well."""


async def calls_of_pbx(store: Store, pbx: str, since: UUID) -> list[CallRow]:
    """The rows of one PBX's calls whose channels are not older than the id `since`, which has
    its time from the channel. Raises StoreAway."""
    async with store.connection() as connection:
        rows = await connection.fetch(SQL["calls_of_pbx"], pbx, since)
    return [CallRow(row["uniqueid"], row["ended"]) for row in rows]


async def agents_ever(store: Store) -> frozenset[str]:
    """The endpoints of agents, of those who have left too. Raises StoreAway."""
    async with store.connection() as connection:
        return frozenset(row["extension"] for row in await connection.fetch(SQL["agents_ever"]))


async def promises(store: Store, now: datetime, abandoned_after: timedelta) -> Promises:
    """Every ended call and every callback there is, at one moment. Raises StoreAway."""
    async with (
        store.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        counts = await connection.fetchrow(SQL["callbacks_by_state"])
        calls = await connection.fetch(SQL["contradictions_of_calls"], abandoned_after)
        callbacks = await connection.fetch(SQL["contradictions_of_callbacks"], now)
    assert counts is not None
    found = [f"call {row['uniqueid'] or row['id']} {row['problem']}" for row in calls]
    found += [f"callback {row['id']} {row['problem']}" for row in callbacks]
    return Promises(**counts, contradictions=found)
