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
from tickets.by_hand import CallbackBook, CallbackLine
from tickets.cases.seen import seen
from tickets.cases.tickets import TicketUnknown
from tickets.errors import TicketError, Unacceptable
from tickets.queries import SQL
from tickets.rights import Actor, Right
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
    ) -> list[CallbackRow]:
        """Those that live or are a task for a person, in the order of serving; tasks first."""
        actor.need(Right.CALLBACKS_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_callbacks"],
                actor.may(Right.CONFIDENTIAL),
                states and list(states),
                *(after or (None, None, None, None)),
                limit,
            )
        return [_row(actor, row) for row in rows]

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

    async def _change(
        self,
        actor: Actor,
        callback: UUID,
        version: str,
        change: Callable[[CallbackBook, datetime], Any],
    ) -> CallbackRow:
        async with self.store.connection() as connection, connection.transaction():
            may = actor.may(Right.CONFIDENTIAL)
            row = await connection.fetchrow(SQL["hold_callback"], may, callback)
            if row is None:
                raise CallbackUnknown(f"there is no callback {callback}")
            if row["version"] != version:
                raise CallbackChanged(f"callback {callback} has changed meanwhile: read it again")
            await change(CallbackBook(_Held(connection)), self.clock())
            return await self._read(connection, actor, callback)

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
        return _row(actor, row)

    def _refuse_time(self, due: datetime) -> None:
        now = self.clock()
        if not now - timedelta(minutes=1) <= due <= now + FARTHEST:
            raise Unacceptable(
                f"a callback is due from now on, within {FARTHEST.days} days", "/due"
            )


def _row(actor: Actor, row: Mapping[str, Any]) -> CallbackRow:
    values = seen(actor, row)
    del values["anonymous"]
    return CallbackRow(**values | {"phone": values["phone"] or ""})
