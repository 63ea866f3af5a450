"""From facts to tickets: opening them, and what hangs on them (callbacks, messages).

A promise or a message may name a ticket that is not there, because its own fact was refused or
comes later. It is kept all the same, under a ticket of the unknown category that the late fact
fills in.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from config.calendar import WIB
from tickets.deadlines import Deadlines
from tickets.facts import CallbackPromised, MessageLeft, TicketOpened
from tickets.lifecycle import CATEGORIES, CONFIDENTIAL, UNKNOWN_CATEGORY
from tickets.numbering import take_number
from tickets.queries import SQL
from tickets.rules import Rules
from tickets.store import Connection

log = structlog.get_logger()


async def open_ticket(connection: Connection, fact: TicketOpened, rules: Rules) -> None:
    """Open the ticket, unless it is of an abandoned call that is none of its own."""
    if fact.reason == "abandoned" and fact.phone and await _merged(connection, fact, rules):
        return
    deadlines = rules.deadlines
    number = fact.number or await _number(connection, fact.ticket, fact.at)
    try:
        async with connection.transaction():
            await _insert(connection, fact, number, deadlines)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "ticket_number":
            raise
        await _renumber(connection, fact, deadlines)


async def promise_callback(
    connection: Connection, fact: CallbackPromised, deadlines: Deadlines
) -> None:
    """Make, confirm or move the phone's one live callback; none for who was followed up today
    already, or hardly waited."""
    if await connection.fetchval(SQL["why_merged"], fact.ticket) in ("short", "today"):
        return
    await _ensure_ticket(connection, fact, fact.phone, deadlines)
    await connection.execute(
        SQL["promise_callback"],
        fact.id,
        fact.callback,
        fact.ticket,
        fact.phone,
        fact.type,
        fact.due,
        fact.since,
        fact.call,
        fact.at,
        fact.queue,
        fact.priority,
        fact.other_phone,
    )


async def keep_recording(connection: Connection, fact: MessageLeft, deadlines: Deadlines) -> None:
    """Link a stored message to its ticket."""
    await _ensure_ticket(connection, fact, None, deadlines)
    await connection.execute(
        SQL["keep_recording"],
        fact.recording,
        fact.ticket,
        fact.call,
        fact.name,
        fact.seconds,
        fact.size,
        fact.sha256,
        fact.silent,
        fact.at,
    )


async def _merged(connection: Connection, fact: TicketOpened, rules: Rules) -> bool:
    midnight = fact.at.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    why = await connection.fetchval(
        SQL["merge_abandoned"],
        fact.ticket,
        fact.phone,
        fact.id,
        fact.call,
        fact.at,
        rules.abandoned_after,
        midnight,
        midnight + timedelta(days=1),
    )
    return why is not None


async def _renumber(connection: Connection, fact: TicketOpened, deadlines: Deadlines) -> None:
    """Two installations shared a block, or a backup was restored: the ticket matters more."""
    number = await take_number(connection, fact.at.year)
    log.error(
        "ticket.renumbered",
        told=fact.number,
        number=number,
        ticket=str(fact.ticket),
        remedy="the caller was told a number of another ticket; remove numbers.json and restart",
    )
    await _insert(connection, fact, number, deadlines)


async def _number(connection: Connection, ticket: UUID, at: datetime) -> str:
    """The number the ticket has already, or the next one."""
    known: str | None = await connection.fetchval(SQL["find_ticket"], ticket)
    return known or await take_number(connection, at.year)


async def _ensure_ticket(
    connection: Connection,
    fact: CallbackPromised | MessageLeft,
    phone: str | None,
    deadlines: Deadlines,
) -> None:
    if await connection.fetchval(SQL["find_ticket"], fact.ticket):
        return
    await connection.execute(
        SQL["open_ticket"],
        fact.ticket,
        await take_number(connection, fact.at.year),
        None,
        UNKNOWN_CATEGORY,
        "phone",
        phone,
        "{}",
        False,
        "id",
        fact.at,
        deadlines.first_response_due(fact.at),
        deadlines.deadline(fact.at, UNKNOWN_CATEGORY),
        fact.call,
        "request",
        None,
    )


async def _insert(
    connection: Connection, fact: TicketOpened, number: str, deadlines: Deadlines
) -> None:
    category, fields = _category(fact)
    await connection.execute(
        SQL["open_ticket"],
        fact.ticket,
        number,
        fact.pin_hash,
        category,
        fact.channel,
        fact.phone,
        json.dumps(fields),
        category in CONFIDENTIAL,
        fact.language,
        fact.at,
        deadlines.first_response_due(fact.at),
        deadlines.deadline(fact.at, category),
        fact.call,
        fact.reason,
        fact.id,
    )


def _category(fact: TicketOpened) -> tuple[str, dict[str, str]]:
    """A category that a flow made up opens a ticket all the same, and is kept as a field."""
    if fact.category in CATEGORIES:
        return fact.category, fact.fields
    log.warning("ticket.category_unknown", category=fact.category, ticket=str(fact.ticket))
    return UNKNOWN_CATEGORY, fact.fields | {"category": fact.category}
