"""Callbacks: which there are; to make, move, cancel or finish one.

The changes are those of `tickets.by_hand`, with the version that their author saw.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from config.phones import normalise
from tickets.by_hand import CallbackBook, CallbackLine, CallbackOver
from tickets.cases.seen import seen
from tickets.cases.tickets import TicketUnknown
from tickets.errors import TicketError, Unacceptable
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.shown import Attempt
from tickets.store import Connection, Store

FARTHEST = timedelta(days=92)


class CallbackUnknown(TicketError):
    """No callback that the actor may see has this id."""


class CallbackChanged(TicketError):
    """It was dialled or changed meanwhile; read it again."""


class CallbackLive(TicketError):
    """The phone has a live callback already: move that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow(CallbackLine):
    """A callback with its version."""

    promised: datetime
    """What the person was told last; `due` is when it is dialled next."""
    settled_at: datetime | None
    """When it was done, cancelled or given to a person."""
    kept_at: datetime | None
    """When somebody spoke with them because of it."""
    version: str


CallbackPlace = tuple[bool, int, datetime, UUID]
"""Where a page ended: not a person's task, priority, since, id."""


class _Held(Store):
    """A store of one connection: what a use case does with it is within our transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        yield self._connection


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Every method raises NotAllowed and StoreAway; those with a version CallbackUnknown,
    CallbackChanged and CallbackOver."""

    store: Store
    clock: Callable[[], datetime]

    async def page(
        self,
        actor: Actor,
        states: tuple[str, ...] | None,
        after: CallbackPlace | None,
        limit: int,
        *,
        due_before: datetime | None = None,
        promised_before: datetime | None = None,
    ) -> list[CallbackRow]:
        """Those that live or are a task for a person, in the order of serving; tasks first.

        With a time, only those that the machine still has to call and that are due, or were
        promised, before it.
        """
        actor.need(Right.CALLBACKS_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_callbacks"],
                actor.may(Right.CONFIDENTIAL),
                states and list(states),
                *(after or (None, None, None, None)),
                limit,
                due_before,
                promised_before,
            )
        return [callback_row(actor, row) for row in rows]

    async def past(
        self, actor: Actor, state: str | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[CallbackRow]:
        """Those that were done or cancelled, the last first."""
        actor.need(Right.CALLBACKS_READ)
        async with self.store.connection() as connection:
            given = (actor.may(Right.CONFIDENTIAL), state, *(after or (None, None)), limit)
            rows = await connection.fetch(SQL["page_past_callbacks"], *given)
        return [callback_row(actor, row) for row in rows]

    async def attempts(self, actor: Actor, callback: UUID) -> list[Attempt]:
        """Each try to call, in their order. Raises CallbackUnknown."""
        actor.need(Right.CALLBACKS_READ)
        async with self.store.connection() as connection:
            await self._read(connection, actor, callback)
            rows = await connection.fetch(SQL["attempts_of_callback"], callback)
        return [Attempt(**row) for row in rows]

    async def read(self, actor: Actor, callback: UUID) -> CallbackRow:
        """Also one that is over. Raises CallbackUnknown."""
        actor.need(Right.CALLBACKS_READ)
        async with self.store.connection() as connection:
            return await self._read(connection, actor, callback)

    async def make(
        self,
        actor: Actor,
        ticket: str,
        phone: str | None,
        due: datetime,
        id: UUID | None = None,  # noqa: A002
    ) -> CallbackRow:
        """For a ticket, to its phone or another one.

        With an `id` that was used already it is that callback. Raises TicketUnknown,
        CallbackLive, and Unacceptable for a time that is past or far or a phone that is none.
        """
        actor.need(Right.CALLBACKS_CHANGE)
        self._refuse_time(due)
        callback = id or uuid4()
        async with self.store.connection() as connection, connection.transaction():
            row = await connection.fetchrow(
                SQL["hold_ticket"], actor.may(Right.CONFIDENTIAL), ticket
            )
            if row is None:
                raise TicketUnknown(f"there is no ticket {ticket}")
            number = normalise(phone) if phone else row["phone"]
            if number is None:
                raise Unacceptable("name a number that can be called back", "/phone")
            if not await connection.fetchval(SQL["callback_state"], callback):
                await self._make(connection, actor, callback, row["id"], number, due)
            return await self._read(connection, actor, callback)

    async def move(self, actor: Actor, callback: UUID, version: str, due: datetime) -> CallbackRow:
        """Unacceptable for a time that is past or far."""
        actor.need(Right.CALLBACKS_CHANGE)
        self._refuse_time(due)
        return await self._change(
            actor, callback, version, lambda book, at: book.move(callback, due, actor.login, at)
        )

    async def cancel(self, actor: Actor, callback: UUID, version: str) -> CallbackRow:
        """Nobody calls any more."""
        actor.need(Right.CALLBACKS_CHANGE)
        return await self._change(
            actor, callback, version, lambda book, at: book.cancel(callback, actor.login, at)
        )

    async def finish(self, actor: Actor, callback: UUID, version: str) -> CallbackRow:
        """A person has spoken with them."""
        actor.need(Right.CALLBACKS_CHANGE)
        return await self._change(
            actor, callback, version, lambda book, at: book.finish(callback, actor.login, at)
        )

    async def take(self, actor: Actor, callback: UUID, version: str) -> CallbackRow:
        """The actor calls them: nobody dials it any more, and the ticket is theirs if it was
        nobody's. CallbackOver while it is being dialled."""
        actor.need(Right.CALLBACKS_CHANGE, Right.TICKETS_CHANGE)
        async with self.store.connection() as connection, connection.transaction():
            row = await self._hold(connection, actor, callback, version)
            now = self.clock()
            given = (callback, actor.login, now)
            taken = await connection.fetchval(SQL["take_callback"], *given)
            if taken is None and row["state"] != "human":
                raise CallbackOver(f"callback {callback} is being dialled or over: read it again")
            if row["owner"] is None:
                await connection.execute(SQL["own_ticket"], row["ticket"], actor.login, now)
            return await self._read(connection, actor, callback)

    async def _change(
        self,
        actor: Actor,
        callback: UUID,
        version: str,
        change: Callable[[CallbackBook, datetime], Any],
    ) -> CallbackRow:
        async with self.store.connection() as connection, connection.transaction():
            await self._hold(connection, actor, callback, version)
            await change(CallbackBook(_Held(connection)), self.clock())
            return await self._read(connection, actor, callback)

    async def _hold(
        self, connection: Connection, actor: Actor, callback: UUID, version: str
    ) -> Mapping[str, Any]:
        """Nobody else's to change until the transaction ends."""
        may = actor.may(Right.CONFIDENTIAL)
        row: Mapping[str, Any] | None = await connection.fetchrow(
            SQL["hold_callback"], may, callback
        )
        if row is None:
            raise CallbackUnknown(f"there is no callback {callback}")
        if row["version"] != version:
            raise CallbackChanged(f"callback {callback} has changed meanwhile: read it again")
        return row

    async def _make(
        self,
        connection: Connection,
        actor: Actor,
        callback: UUID,
        ticket: UUID,
        phone: str,
        due: datetime,
    ) -> None:
        now = self.clock()
        await connection.execute(SQL["meet_phones"], [phone], now)
        given = (callback, ticket, phone, due, now, "")
        if await connection.fetchval(SQL["make_callback"], *given) is None:
            raise CallbackLive("this phone has a live callback already: move that one")
        note = (ticket, "callback", None, "waiting", actor.login, "", now)
        await connection.execute(SQL["add_event"], *note)

    async def _read(self, connection: Connection, actor: Actor, callback: UUID) -> CallbackRow:
        row = await connection.fetchrow(
            SQL["work_callback"], actor.may(Right.CONFIDENTIAL), callback
        )
        if row is None:
            raise CallbackUnknown(f"there is no callback {callback}")
        return callback_row(actor, row)

    def _refuse_time(self, due: datetime) -> None:
        now = self.clock()
        if not now - timedelta(minutes=1) <= due <= now + FARTHEST:
            raise Unacceptable(
                f"a callback is due from now on, within {FARTHEST.days} days", "/due"
            )


def callback_row(actor: Actor, row: Mapping[str, Any]) -> CallbackRow:
    """As the actor may see it."""
    values = seen(actor, row)
    del values["anonymous"]
    return CallbackRow(**values | {"phone": values["phone"] or ""})
