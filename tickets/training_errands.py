"""Whom trainings owe a word: how it stands with their seat, a reminder, that there was no seat.

By WhatsApp to who agreed to it; else by a call, which is a callback of a ticket of its own. What
neither reaches stays on the page until somebody says that they told them.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from config.speech import ZONES
from tickets.deadlines import Deadlines
from tickets.numbering import take_number
from tickets.queries import SQL
from tickets.rounds import went_on
from tickets.store import Connection, Store

SELF = "saluran"
CATEGORY = "LATIH"
LATE = timedelta(days=7)
"""After a session's beginning nobody is dialled for it any more."""
REMINDED = timedelta(hours=48)
"""Before it begins."""
FRESH = timedelta(hours=24)
"""Who was told so recently needs no reminder."""
AT_ONCE = 50
_SAY = {
    "seated": "Sampaikan: dapat kursi di pelatihan {title}, {when}, {place}.",
    "waiting": "Sampaikan: kursi pelatihan {title} ({when}, {place}) penuh, ada di daftar tunggu.",
    "cancelled": "Sampaikan: tidak jadi ikut pelatihan {title}, {when}, {place} "
    "(dibatalkan, atau tidak ada kursi).",
    "reminder": "Ingatkan: pelatihan {title}, {when}, {place}.",
}


class SendTemplate(Protocol):
    """`tickets.whatsapp.sending.send_template`."""

    async def __call__(
        self,
        connection: Connection,
        person: UUID,
        name: str,
        values: Mapping[str, str],
        *,
        key: str,
        ticket: UUID | None = None,
    ) -> bool: ...


async def unsent(
    connection: Connection,
    person: UUID,
    name: str,
    values: Mapping[str, str],
    *,
    key: str,
    ticket: UUID | None = None,
) -> bool:
    """Where there is no WhatsApp: whoever asks takes another way."""
    return False


@dataclass
class Errands:
    """Run it with `run`; it never ends by an error. Several desks may run one each."""

    store: Store
    clock: Callable[[], datetime]
    deadlines: Deadlines
    next_opening: Callable[[datetime], datetime | None]
    send: SendTemplate = unsent
    pause: float = 60.0
    """Seconds between two rounds."""

    async def run(self) -> None:
        while True:
            await went_on("trainings", self.once)
            await asyncio.sleep(self.pause)

    async def once(self) -> int:
        """One round; how many were sent a message or are to be called. Raises StoreAway."""
        now = self.clock()
        await self._settle(now)
        await self._seat(now)
        async with self.store.connection() as connection, connection.transaction():
            window = (now - LATE, now, now + REMINDED, now - FRESH, AT_ONCE)
            rows = await connection.fetch(SQL["training_errands"], *window)
            done = [await self._tell(connection, row, now) for row in rows]
        return sum(done)

    async def _settle(self, now: datetime) -> None:
        """What calls have come to, and whose waiting has ended."""
        async with self.store.connection() as connection, connection.transaction():
            await connection.execute(SQL["errands_spoken"], now)
            await connection.execute(SQL["end_waiting"], now)

    async def _seat(self, now: datetime) -> None:
        """Seats that came free by another way than somebody leaving."""
        async with self.store.connection() as connection:
            free = await connection.fetch(SQL["seats_to_give"], now)
        for row in free:
            async with self.store.connection() as connection, connection.transaction():
                await connection.execute(SQL["hold_trainings"], [row["id"]])
                await connection.execute(SQL["seat_the_waiting"], row["id"], now)

    async def _tell(self, connection: Connection, row: Mapping[str, Any], now: datetime) -> bool:
        errand = row["errand"]
        key = f"training:{row['id']}:{errand}:{row['starts_at']:%Y%m%d%H%M}:{row['city']}"
        name, values = f"training_{errand}", _values(row)
        if await self.send(connection, row["person"], name, values, key=key, ticket=row["ticket"]):
            await connection.execute(SQL["errand_done"], row["id"], errand, now)
            return True
        return row["phone"] is not None and await self._call(connection, row, now)

    async def _call(self, connection: Connection, row: Mapping[str, Any], now: datetime) -> bool:
        """Have them called; not while a call of theirs is still to come, which this would move."""
        due = self.next_opening(now)
        if due is None:
            return False
        try:
            async with connection.transaction():
                ticket = row["ticket"] or await self._ticket(connection, row, now)
                callback = uuid4()
                given = (callback, ticket, row["phone"], due, now, "")
                if await connection.fetchval(SQL["make_callback"], *given) is None:
                    raise _CalledAnyway
                called = (row["id"], callback, row["errand"], ticket)
                await connection.execute(SQL["errand_called"], *called)
                say = (uuid4(), ticket, SELF, _words(row), now)
                await connection.execute(SQL["comment"], *say)
        except _CalledAnyway:
            return False
        return True

    async def _ticket(self, connection: Connection, row: Mapping[str, Any], now: datetime) -> UUID:
        ticket, fields = uuid4(), {"city": row["city"], "topic": row["title"]}
        await connection.execute(
            SQL["open_at_desk"],
            ticket,
            await take_number(connection, now.year),
            CATEGORY,
            "desk",
            row["phone"],
            row["person"],
            json.dumps(fields),
            False,
            False,
            row["language"],
            now,
            self.deadlines.first_response_due(now),
            self.deadlines.deadline(now, CATEGORY),
            None,
            None,
            None,
            SELF,
            "",
        )
        return ticket


class _CalledAnyway(Exception):
    """The phone has a live callback."""


def _values(row: Mapping[str, Any]) -> dict[str, str]:
    """As the templates of WhatsApp name them."""
    there = row["starts_at"].astimezone(ZONES[row["zone"]])
    return {
        "title": row["title"],
        "when": f"{there:%d-%m-%Y %H.%M} {row['zone']}",
        "place": ", ".join(filter(None, (row["place"], row["city"]))),
    }


def _words(row: Mapping[str, Any]) -> str:
    """What the officer who calls is to say."""
    return _SAY[row["errand"]].format(**_values(row))
