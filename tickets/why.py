"""`saluran queue why`: why somebody stands, or was served, where they were; from rows alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets import why_words
from tickets.queries import SQL
from tickets.store import Connection, Store


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who stood in the same queue at the same time."""

    of: UUID
    """The call, or the callback."""
    callback: bool
    since: datetime
    priority: int
    agent: str | None
    turn: datetime | None
    """When the phone that answered it began to ring."""
    earlier: bool
    """By priority, then by original time, it goes before the one asked about."""
    fair: bool
    """Nobody of the two was served before the other against that order."""


@dataclass(frozen=True, slots=True)
class Why:
    """The sentence, and the data it comes from."""

    sentence: str
    data: Mapping[str, Any] = field(default_factory=dict)
    others: list[Other] = field(default_factory=list)


async def explain(store: Store, key: str, now: datetime) -> Why | None:
    """Of a call (its id or its channel's unique id) or a callback; None for an unknown one.

    Raises StoreAway.
    """
    ident = _uuid(key)
    async with store.connection() as connection, connection.transaction(readonly=True):
        callback = await connection.fetchrow(SQL["why_callback"], ident, now)
        entry = await connection.fetchrow(SQL["why_entry"], ident, key)
        call = await connection.fetchrow(SQL["why_call"], ident, key)
        stands = entry and (callback is None or callback["state"] not in why_words.RESTING)
        if stands:
            return await _of_entry(connection, dict(entry), now)
    if callback:
        return Why(why_words.of_callback(callback), dict(callback))
    return Why(why_words.of_call(call), dict(call)) if call else None


async def _of_entry(connection: Connection, entry: Mapping[str, Any], now: datetime) -> Why:
    rows = await connection.fetch(SQL["why_others"], entry["id"], now)
    others = [_other(row, entry["turn"]) for row in rows]
    still = sum(row["is_there"] and row["is_earlier"] and row["turn"] is None for row in rows)
    return Why(why_words.of_entry(entry, others, still), entry, others)


def _other(row: Mapping[str, Any], mine: datetime | None) -> Other:
    theirs = row["turn"]
    came_first = theirs is not None and (mine is None or theirs < mine)
    came_later = theirs is not None and mine is not None and theirs > mine
    return Other(
        row["of"],
        row["is_callback"],
        row["since"],
        row["priority"],
        row["agent"],
        theirs,
        earlier=row["is_earlier"],
        fair=not (came_later if row["is_earlier"] else came_first),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
