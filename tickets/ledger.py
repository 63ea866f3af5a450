"""Facts in, each once: in one transaction, and past those that can never be written."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from tickets.applying import write
from tickets.errors import FactRefused
from tickets.facts import read
from tickets.queries import SQL
from tickets.remedies import reason
from tickets.rules import Rules
from tickets.store import CONTENT, Connection

log = structlog.get_logger()

# Beside PostgreSQL's refusals: a date beyond the calendar's or Python's range.
_REFUSALS = (*CONTENT, FactRefused, ValueError, OverflowError)


async def apply(connection: Connection, facts: Sequence[Mapping[str, Any]], rules: Rules) -> None:
    """Write facts in one transaction; those whose content is refused go to `fact_refused`."""
    try:
        told = [read(fact) for fact in facts]
        async with connection.transaction():
            await write(connection, told, rules)
    except _REFUSALS:
        async with connection.transaction():
            for fact in facts:
                await _apply_alone(connection, fact, rules)


async def _apply_alone(connection: Connection, fact: Mapping[str, Any], rules: Rules) -> None:
    try:
        async with connection.transaction():
            await write(connection, [read(fact)], rules)
    except _REFUSALS as error:
        await _refuse(connection, fact, reason(error))


async def _refuse(connection: Connection, fact: Mapping[str, Any], why: str) -> None:
    text = json.dumps(fact, sort_keys=True, default=repr)
    digest = hashlib.sha256(text.encode()).hexdigest()
    kind = _printable(fact.get("kind"))
    await connection.execute(SQL["refuse_fact"], digest, kind, text, _printable(why))
    log.error(
        "fact.refused",
        kind=kind,
        call=_printable(fact.get("call")),
        reason=why,
        digest=digest,
        remedy="see the table fact_refused; nothing else was held up",
    )


def _printable(value: Any) -> str:
    """A few words of a value that may be anything, fit for PostgreSQL."""
    return ascii(value)[1:-1][:200] if isinstance(value, str) else ascii(value)[:200]
