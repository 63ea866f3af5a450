"""Erasing a person as a whole: what has to be settled first, and then everything at once."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from tickets.errors import TicketError
from tickets.privacy.erasing import Scope, erase, scope
from tickets.privacy.held import WHOLE
from tickets.privacy.leftovers import Leftovers, NotWrittenYet
from tickets.queries import SQL
from tickets.store import Connection

LONGEST_CALL = timedelta(hours=6)
"""A call without an end that began earlier is over; nobody was told of its end."""


class ReportsOpen(TicketError):
    """They have reports that are still worked on, and did not say that they take these back."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(f"still worked on: {', '.join(numbers)}")
        self.numbers = numbers


class InTouch(TicketError):
    """Somebody talks with them or dials them just now: a little later it can be done."""


async def erase_person(
    connection: Connection,
    person: UUID,
    leftovers: Leftovers,
    actor: str,
    now: datetime,
    withdrawn: bool,
) -> dict[str, int]:
    """Within the caller's transaction; rows changed by table. Raises ReportsOpen, InTouch,
    NotWrittenYet."""
    await connection.execute(SQL["lock_phones_of"], person)
    within = await scope(connection, WHOLE, [person])
    await _settle(connection, within, actor, now, withdrawn)
    await _clear_files(within, leftovers)
    return dict((await erase(connection, within)).rows)


async def _settle(
    connection: Connection, within: Scope, actor: str, now: datetime, withdrawn: bool
) -> None:
    calls, tickets, callbacks = (
        list(within.keys.get(table, ())) for table in ("call", "ticket", "callback")
    )
    if await connection.fetchval(SQL["in_touch"], calls, callbacks, now - LONGEST_CALL):
        raise InTouch("somebody talks with them or dials them just now")
    # Of a batch that is not sorted yet the messages of others must not go with theirs.
    accounts = list(within.keys.get("whatsapp_user", ()))
    if await connection.fetchval(SQL["messages_under_way"], accounts, within.words):
        raise NotWrittenYet("a message of theirs is just being taken in or sent")
    worked_on = await connection.fetch(SQL["open_reports"], tickets, callbacks)
    if worked_on and not withdrawn:
        raise ReportsOpen([row["number"] for row in worked_on])
    await connection.execute(SQL["withdraw_callbacks"], callbacks, actor, now)
    await connection.execute(SQL["withdraw_reports"], tickets, actor, now)


async def _clear_files(within: Scope, leftovers: Leftovers) -> None:
    phones = [str(phone) for phone in within.keys.get("phone", ())]
    ids = [str(key) for table, keys in within.keys.items() if table != "phone" for key in keys]
    if waiting := await asyncio.to_thread(leftovers.waiting, phones, ids):
        raise NotWrittenYet(f"what a call told is still in {', '.join(waiting)}")
    # Of what is in the database already: nothing is lost if the erasure is refused afterwards.
    await asyncio.to_thread(leftovers.remove, phones, ids)
