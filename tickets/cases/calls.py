"""Calls and what happened in them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.phones import normalise
from tickets.cases.seen import seen
from tickets.cases.tickets import Place
from tickets.errors import TicketError
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.shown import CallLine, CallStory, Stay, Step
from tickets.store import Connection, Store


class CallUnknown(TicketError):
    """No call that the actor may see has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """What is None does not narrow."""

    outcome: str | None = None
    phone: str | None = None
    began_from: datetime | None = None
    began_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallState:
    id: UUID
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    """None while it goes on."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Every method raises NotAllowed and StoreAway."""

    store: Store

    async def page(
        self, actor: Actor, wanted: CallFilter, after: Place | None, limit: int
    ) -> list[CallLine]:
        """Newest first."""
        actor.need(Right.CALLS_READ)
        if wanted.phone is not None:
            actor.need(Right.PHONES)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_calls"],
                actor.may(Right.CONFIDENTIAL),
                wanted.outcome,
                wanted.phone and (normalise(wanted.phone) or wanted.phone),
                wanted.began_from,
                wanted.began_until,
                *(after or (None, None)),
                limit,
                actor.may(Right.ANONYMOUS),
            )
        return [CallLine(**_plain(actor, row)) for row in rows]

    async def of_ticket(self, actor: Actor, ticket: UUID) -> list[CallStory]:
        """Those in which a ticket was spoken of, at most the twenty newest, without those that do
        not exist for the actor."""
        actor.need(Right.CALLS_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["calls_of_ticket"], ticket)
        found = []
        for row in rows:
            with suppress(CallUnknown):
                found.append(await self.read(actor, row["id"]))
        return found

    async def state(self, actor: Actor, call: UUID) -> CallState:
        """Whether it goes on. No look is noted: who asks has it before them. Raises CallUnknown."""
        actor.need(Right.CALLS_READ)
        async with self.store.connection() as connection:
            row, _ = await _row(connection, actor, call)
        return CallState(**{name: row[name] for name in CallState.__slots__})

    async def read(self, actor: Actor, call: UUID) -> CallStory:
        """Step by step. A look at one of a confidential ticket is noted. Raises CallUnknown."""
        actor.need(Right.CALLS_READ)
        async with self.store.connection() as connection:
            row, secret = await _row(connection, actor, call)
            if secret:
                await note_look(connection, actor, "call.read", str(call))
            nameless = await connection.fetchval(SQL["call_is_anonymous"], call)
            steps = await connection.fetch(SQL["call_steps"], call)
            stays = await connection.fetch(SQL["call_stays"], call)
            tickets = await connection.fetch(SQL["call_tickets"], call)
        return CallStory(
            **_plain(actor, {**row, "anonymous": nameless}),
            steps=[Step(**step) for step in steps],
            stays=[Stay(**stay) for stay in stays],
            tickets=[ticket["number"] for ticket in tickets],
        )


async def _row(connection: Connection, actor: Actor, call: UUID) -> tuple[Mapping[str, Any], bool]:
    """With whether it is confidential. Raises CallUnknown."""
    row = await connection.fetchrow(SQL["show_call"], call, None)
    secret = row and await connection.fetchval(SQL["call_is_confidential"], call)
    if row is None or (secret and not actor.may(Right.CONFIDENTIAL)):
        raise CallUnknown(f"there is no call {call}")
    return row, bool(secret)


def _plain(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """As the actor may see it: a call of an anonymous ticket without its number."""
    values = seen(actor, row)
    del values["anonymous"]
    return values
