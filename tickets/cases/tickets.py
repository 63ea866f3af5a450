"""Finding and reading tickets."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.phones import normalise
from tickets.cases.seen import seen
from tickets.errors import TicketError
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import RIGHTS, Actor, Right, Role
from tickets.shown import Attachment, Attempt, Callback, Recording
from tickets.store import Connection, Store


class TicketUnknown(TicketError):
    """No ticket that the actor may see has this number."""


Place = tuple[datetime, UUID]
"""Where a page ended: the last one's time and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What is None does not narrow."""

    status: tuple[str, ...] | None = None
    category: tuple[str, ...] | None = None
    owner: str | None = None
    owned: bool | None = None
    tags: tuple[str, ...] | None = None
    phone: str | None = None
    due_before: datetime | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    text: str | None = None
    """Words as a person types them into a search (`"…"`, `or`, `-` as usual), in Indonesian."""
    by_deadline: bool = False
    """Open ones, the next deadline first; else the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """A ticket in a list."""

    id: UUID
    number: str
    category: str
    status: str
    channel: str
    reason: str
    phone: str | None
    name: str | None
    confidential: bool
    anonymous: bool
    opened_at: datetime
    first_response_due: datetime
    deadline: datetime
    owner: str | None
    tags: list[str]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEvent:
    """One thing that happened; `ticket` is the number of the one that it happened to."""

    id: UUID
    at: datetime
    kind: str
    was: str | None
    became: str | None
    actor: str
    call: UUID | None
    note: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(TicketLine):
    """All there is of a ticket."""

    language: str
    person: UUID | None
    call: UUID | None
    fields: dict[str, Any]
    merged_into: str | None
    merged: list[str]
    """Numbers of the tickets that were merged into it."""
    split_from: str | None
    parts: list[str]
    """Numbers of the tickets that were split from it."""
    thread: list[ThreadEvent]
    callbacks: list[Callback]
    attempts: list[Attempt]
    recordings: list[Recording]
    attachments: list[Attachment]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of tickets."""

    tickets: list[TicketLine]
    similar: bool
    """None had the words themselves: these have words like them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody whom a ticket may be given to."""

    login: str
    name: str
    role: Role
    extension: str | None


@dataclass(frozen=True, slots=True)
class Tickets:
    """Every method raises NotAllowed and StoreAway."""

    store: Store

    async def page(
        self,
        actor: Actor,
        wanted: TicketFilter,
        after: Place | None = None,
        limit: int = 50,
        similar: bool = False,
    ) -> Found:
        """A page after a place; `similar` goes on with a search that found only similar words."""
        actor.need(Right.TICKETS_READ)
        if wanted.phone is not None:
            actor.need(Right.PHONES)
        async with self.store.connection() as connection:
            lines = await _page(connection, actor, wanted, after, limit, similar)
            if not lines and after is None and _may_be_misspelt(wanted.text):
                similar = True
                lines = await _page(connection, actor, wanted, after, limit, similar)
        return Found(lines, similar)

    async def colleagues(self, actor: Actor) -> list[Colleague]:
        """Who may own tickets: those who may change them."""
        actor.need(Right.TICKETS_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["colleagues"])
        return [
            Colleague(**dict(row) | {"role": Role(row["role"])})
            for row in rows
            if Right.TICKETS_CHANGE in RIGHTS[Role(row["role"])]
        ]

    async def duplicates(self, actor: Actor, number: str) -> list[TicketLine]:
        """Other open tickets of the same person: perhaps the same matter, told twice."""
        actor.need(Right.TICKETS_READ)
        may = (actor.may(Right.CONFIDENTIAL), actor.may(Right.ANONYMOUS))
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["duplicates_of_ticket"], *may, number)
        return [line(actor, row) for row in rows]

    async def read(self, actor: Actor, number: str) -> Ticket:
        """With its whole thread. A look at a confidential one is noted. Raises TicketUnknown."""
        actor.need(Right.TICKETS_READ)
        async with self.store.connection() as connection:
            return await read_ticket(connection, actor, number)


async def read_ticket(connection: Connection, actor: Actor, number: str) -> Ticket:
    """As `Tickets.read`, for who has asked for the right already."""
    row = await connection.fetchrow(SQL["work_ticket"], actor.may(Right.CONFIDENTIAL), number)
    if row is None:
        raise TicketUnknown(f"there is no ticket {number}")
    if row["confidential"]:
        await note_look(connection, actor, "ticket.read", number)
    ticket = row["id"]
    may = actor.may(Right.CONFIDENTIAL)
    parts = await connection.fetch(SQL["parts_of_ticket"], ticket, may)
    thread = await connection.fetch(SQL["thread"], ticket, may)
    values = seen(actor, row)
    del values["merged_into_number"], values["split_from_number"]
    return Ticket(
        **values
        | {
            "fields": json.loads(row["fields"]),
            "merged_into": row["merged_into_number"],
            "split_from": row["split_from_number"],
        },
        merged=[one["number"] for one in await connection.fetch(SQL["merged_tickets"], ticket)],
        parts=[one["number"] for one in parts],
        thread=[ThreadEvent(**one) for one in thread],
        callbacks=[
            Callback(**_callback(actor, one))
            for one in await connection.fetch(SQL["story_callbacks"], ticket)
        ],
        attempts=[Attempt(**one) for one in await connection.fetch(SQL["story_attempts"], ticket)],
        recordings=[
            Recording(**one) for one in await connection.fetch(SQL["story_recordings"], ticket)
        ],
        attachments=[
            Attachment(**_attachment(actor, one))
            for one in await connection.fetch(SQL["attachments_of"], ticket)
        ],
    )


def _may_be_misspelt(text: str | None) -> bool:
    """Who asks for a phrase, or without a word, means what they write."""
    return text is not None and not re.search(r'"|(^|\s)-', text)


async def _page(
    connection: Connection,
    actor: Actor,
    wanted: TicketFilter,
    after: Place | None,
    limit: int,
    similar: bool,
) -> list[TicketLine]:
    name = "page_tickets_due" if wanted.by_deadline else "page_tickets"
    rows = await connection.fetch(SQL[name], *arguments(actor, wanted, after, limit, similar))
    return [line(actor, row) for row in rows]


def arguments(
    actor: Actor, wanted: TicketFilter, after: Place | None, limit: int, similar: bool
) -> tuple[Any, ...]:
    """What the statements `page_tickets` and `page_tickets_due` take."""
    at, ticket = after or (None, None)
    return (
        actor.may(Right.CONFIDENTIAL),
        wanted.status and list(wanted.status),
        wanted.category and list(wanted.category),
        wanted.owner,
        None if wanted.owned is None else not wanted.owned,
        wanted.tags and list(wanted.tags),
        wanted.phone and (normalise(wanted.phone) or wanted.phone),
        actor.may(Right.ANONYMOUS),
        wanted.due_before,
        wanted.opened_from,
        wanted.opened_until,
        None if similar else wanted.text,
        wanted.text if similar else None,
        at,
        ticket,
        limit,
    )


def _callback(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    values = seen(actor, row)
    del values["anonymous"]
    return values | {"phone": values["phone"] or ""}


def _attachment(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a file is called may say who sent it."""
    values = dict(row)
    anonymous = values.pop("anonymous")
    hidden = not actor.may(Right.FILES) or (anonymous and not actor.may(Right.ANONYMOUS))
    return values | ({"name": ""} if hidden else {})


def line(actor: Actor, row: Mapping[str, Any]) -> TicketLine:
    """A row of a list as the actor may see it."""
    return TicketLine(**seen(actor, row))
