"""Reading tickets and calls."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from config.phones import masked
from tickets.queries import SQL
from tickets.shown import (
    Attempt,
    Callback,
    CallLine,
    CallStory,
    Event,
    Recording,
    Stay,
    Step,
    TicketLine,
    TicketStory,
)
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Views:
    """Lists come newest first. Every method raises StoreAway."""

    store: Store
    full: bool = False
    """Whole phone numbers instead of their last digits."""

    async def tickets(
        self, status: str | None = None, category: str | None = None, limit: int = 50
    ) -> list[TicketLine]:
        """The newest tickets."""
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["list_tickets"], status, category, limit)
        return [TicketLine(**self._shown(row)) for row in rows]

    async def ticket(self, number: str) -> TicketStory | None:
        """A ticket with its history; None for a number that no ticket has."""
        async with self.store.connection() as connection, connection.transaction(readonly=True):
            row = await connection.fetchrow(SQL["show_ticket"], number)
            if row is None:
                return None
            events = await connection.fetch(SQL["ticket_events"], row["id"])
            callbacks = await connection.fetch(SQL["ticket_callbacks"], row["id"])
            attempts = await connection.fetch(SQL["ticket_attempts"], row["id"])
            recordings = await connection.fetch(SQL["ticket_recordings"], row["id"])
        return TicketStory(
            **self._shown(row) | {"fields": json.loads(row["fields"])},
            events=[Event(**event) for event in events],
            callbacks=[Callback(**self._shown(callback)) for callback in callbacks],
            attempts=[Attempt(**attempt) for attempt in attempts],
            recordings=[Recording(**recording) for recording in recordings],
        )

    async def calls(self, outcome: str | None = None, limit: int = 50) -> list[CallLine]:
        """The newest calls."""
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["list_calls"], outcome, limit)
        return [CallLine(**self._shown(row)) for row in rows]

    async def call(self, key: str) -> CallStory | None:
        """A call by its id or its channel's unique id, step by step; None for an unknown one."""
        async with self.store.connection() as connection, connection.transaction(readonly=True):
            row = await connection.fetchrow(SQL["show_call"], _uuid(key), key)
            if row is None:
                return None
            steps = await connection.fetch(SQL["call_steps"], row["id"])
            stays = await connection.fetch(SQL["call_stays"], row["id"])
            tickets = await connection.fetch(SQL["call_tickets"], row["id"])
        return CallStory(
            **self._shown(row),
            steps=[Step(**step) for step in steps],
            stays=[Stay(**stay) for stay in stays],
            tickets=[ticket["number"] for ticket in tickets],
        )

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        values = dict(row)
        for name in ("phone", "caller"):
            if not self.full and values.get(name):
                values[name] = masked(values[name])
        return values


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
