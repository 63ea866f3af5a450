"""The desk: what the phone side asks of the tickets, on PostgreSQL.

Fits `ivr.ports.Desk` in its methods and fields; `ivr` knows nothing of it, nor it of `ivr`, so the
composition root turns `tickets.errors.StoreAway` into the phone side's own word for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tickets.deadlines import Deadlines
from tickets.enquiries import Enquiry, EnquiryLimits, TicketState, enquire
from tickets.ledger import apply
from tickets.numbering import take_block
from tickets.queries import SQL
from tickets.rules import ABANDONED_AFTER, Rules
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class LiveCallback:
    """The one promise to call a phone back that is not kept yet."""

    id: UUID
    ticket: UUID
    number: str
    due: datetime
    slot: datetime | None
    """The time that the person chose; None when they chose none."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a phone number before the first word is spoken."""

    language: str | None
    live_callback: LiveCallback | None


@dataclass(frozen=True, slots=True)
class Training:
    """A session that a caller may sign up for."""

    id: UUID
    city: str
    starts: datetime
    zone: str
    """WIB, WITA or WIT: in which its time is told."""
    free: int
    """Seats; without one who signs up is on the waiting list."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call whose row has no end yet."""

    id: UUID
    uniqueid: str
    phone: str | None
    began: datetime
    step: str
    """The last step it came to; empty when none was written."""
    ticketed: bool
    """A ticket or a promise came of it."""
    spoke: bool
    """An agent answered the caller."""
    since: datetime | None
    """Since when they waited in the queue in which the PBX lost them; None when it did not."""
    queue: str
    priority: int


class PostgresDesk:
    """Every method raises StoreAway."""

    def __init__(
        self,
        store: Store,
        deadlines: Deadlines,
        pin_key: bytes,
        limits: EnquiryLimits = EnquiryLimits(),  # noqa: B008  (frozen)
        abandoned_after: timedelta = ABANDONED_AFTER,
    ) -> None:
        self._store = store
        self._rules = Rules(deadlines, abandoned_after)
        self._pin_key = pin_key
        self._limits = limits

    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
        """Write facts in one transaction, each once; a refused one is put aside and logged."""
        if facts:
            async with self._store.connection() as connection:
                await apply(connection, facts, self._rules)

    async def person(self, phone: str) -> Person:
        """Nothing known for a number that never called."""
        async with self._store.connection() as connection:
            row = await connection.fetchrow(SQL["person"], phone)
        if row is None:
            return Person(None, None)
        if row["callback"] is None:
            return Person(row["language"], None)
        live = LiveCallback(row["callback"], row["ticket"], row["number"], row["due"], row["slot"])
        return Person(row["language"], live)

    async def ticket_state(self, number: str, pin: str, caller: str) -> TicketState | None:
        """None unless number and PIN are right and neither caller nor number is out of tries."""
        enquiry = Enquiry(number, pin, caller)
        async with self._store.connection() as connection:
            return await enquire(connection, enquiry, self._pin_key, self._limits)

    async def number_block(self, year: int) -> range:
        """The next sequence numbers of that year; never handed out twice."""
        async with self._store.connection() as connection:
            return await take_block(connection, year)

    async def trainings(self, now: datetime, most: int) -> list[Training]:
        """The next ones that begin after `now`, in their order."""
        async with self._store.connection() as connection:
            rows = await connection.fetch(SQL["trainings_ahead"], now, most)
        return [Training(*row) for row in rows]

    async def training_place(self, training: UUID, phone: str) -> str | None:
        """`seated` or `waiting`; None for a phone that is not on its list."""
        async with self._store.connection() as connection:
            state: str | None = await connection.fetchval(SQL["training_place"], training, phone)
        return state

    async def open_calls(self, pbx: str) -> list[OpenCall]:
        """The calls that began on `pbx` and have no end yet, oldest first."""
        async with self._store.connection() as connection:
            rows = await connection.fetch(SQL["open_calls"], pbx)
        return [OpenCall(*row) for row in rows]

    async def closures(self) -> list[tuple[datetime, datetime | None, str]]:
        """Emergency closures that are not lifted: from, until (None: until lifted), reason."""
        async with self._store.connection() as connection:
            rows = await connection.fetch(SQL["closures"])
        return [(row["from_at"], row["until_at"], row["reason"]) for row in rows]
