"""What people are told by WhatsApp without anybody writing it: the ticket's number after a call, a
callback that is near, that was moved, or that came to nothing.

It is found in the rows, again and again, and queued once for its key: rows change by facts of the
phone side, late ones too, and at the desk, and none of them has to think of it.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tickets.queries import SQL
from tickets.rounds import went_on
from tickets.store import Store
from tickets.whatsapp.dates import clock, day
from tickets.whatsapp.sending import send_template

LATE = timedelta(hours=24)
"""What happened longer ago is no news."""
BEFORE = timedelta(hours=1)
"""So long before the promised time they are reminded of it …"""
AHEAD = timedelta(hours=2)
"""… if they asked for it at least so long before that."""
EVERY = 5.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A template that is due."""

    row: Mapping[str, Any]
    name: str
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Notices:
    """Run it with `run`; it never ends by an error. Several desks may run one each."""

    store: Store
    clock: Callable[[], datetime]

    async def run(self) -> None:
        while True:
            await went_on("whatsapp", self.once)
            await asyncio.sleep(EVERY)

    async def once(self) -> None:
        """Queue what is due. Raises StoreAway."""
        now = self.clock()
        async with self.store.connection() as connection, connection.transaction():
            tickets = await connection.fetch(SQL["tickets_to_tell"], now - LATE)
            callbacks = await connection.fetch(
                SQL["callbacks_to_tell"], now - LATE, now, now + BEFORE, AHEAD
            )
            for one in (*map(_of_ticket, tickets), *_of_callbacks(callbacks)):
                await send_template(
                    connection,
                    one.row["person"],
                    one.name,
                    one.values,
                    key=one.key,
                    ticket=one.row["ticket"],
                )


def _of_ticket(row: Mapping[str, Any]) -> Notice:
    values = {"number": row["number"], "deadline": day(row["deadline"])}
    return Notice(row=row, name="ticket_number", key=row["key"], values=values)


def _of_callbacks(rows: Sequence[Mapping[str, Any]]) -> Iterator[Notice]:
    for row in rows:
        values = {"number": row["number"], "when": moment(row["promised"])}
        yield Notice(row=row, name=row["name"], key=row["key"], values=values)


def moment(at: datetime) -> str:
    """`Senin 30 November 2026, pukul 08.00 WIB`."""
    return f"{day(at)}, {clock(at)}"
