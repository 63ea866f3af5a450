"""Writing what became of callbacks: an attempt's result, another time, a cancellation."""

from uuid import UUID

import structlog

from tickets.errors import FactRefused
from tickets.facts import Fact
from tickets.facts_queue import CallbackCancelled, CallbackMoved, CallbackTried
from tickets.queries import SQL
from tickets.store import Connection

log = structlog.get_logger()

SERVICE = "service"
"""The actor of what no agent did."""


async def write_callback_fact(connection: Connection, fact: Fact) -> None:
    """Write one of them; what is no fact of callbacks is passed over."""
    match fact:
        case CallbackTried():
            await _settle(connection, fact)
        case CallbackMoved():
            moved = (fact.callback, fact.due, fact.by, _call(fact), fact.at, fact.type)
            if await connection.fetchval(SQL["move_callback"], *moved) is None:
                await _known(connection, fact.callback)
        case CallbackCancelled():
            ended = (fact.callback, "cancelled", fact.by, _call(fact), fact.at)
            if await connection.fetchval(SQL["end_callback"], *ended) is None:
                await _known(connection, fact.callback)


async def _settle(connection: Connection, fact: CallbackTried) -> None:
    """The attempt is noted whatever became of its callback; the claim's holder settles it."""
    noted = await connection.fetchval(
        SQL["note_attempt"],
        fact.attempt,
        fact.callback,
        fact.agent or None,
        fact.phone,
        fact.result,
        fact.talked,
        fact.at,
    )
    if not noted:
        return
    became = await connection.fetchval(
        SQL["settle_callback"],
        fact.callback,
        fact.attempt,
        fact.result,
        fact.again,
        fact.agent or SERVICE,
        fact.at,
    )
    state = became or "as is"
    log.info("callback.settled", callback=str(fact.callback), result=fact.result, state=state)


async def _known(connection: Connection, callback: UUID) -> None:
    """What is over stays so; a callback that nobody knows is for a person to look at."""
    if await connection.fetchval(SQL["callback_state"], callback) is None:
        raise FactRefused("callback: there is no such callback")


def _call(fact: CallbackMoved | CallbackCancelled) -> UUID | None:
    return fact.call if fact.call.int else None
