"""A ticket's state for whoever knows its number and PIN, and nothing for whoever tries them out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from config.pins import pin_hash, same_pin
from tickets.queries import SQL
from tickets.store import Connection

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class EnquiryLimits:
    """Wrong tries within `window` after which even a right one is not answered."""

    per_caller: int = 5
    per_number: int = 10
    window: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TicketState:
    """What a caller with number and PIN may hear."""

    number: str
    status: str
    deadline: datetime | None
    callback: datetime | None
    """When the live callback of the ticket is due, if there is one."""
    callback_id: UUID | None


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What was keyed, and by whom."""

    number: str
    pin: str
    caller: str


async def enquire(
    connection: Connection, enquiry: Enquiry, key: bytes, limits: EnquiryLimits
) -> TicketState | None:
    """None for an unknown number, a wrong PIN and used-up tries alike, after the same work."""
    number, caller = enquiry.number[:40], enquiry.caller[:80]
    this = await connection.fetchval(SQL["try_enquiry"], caller, number)
    row = await connection.fetchrow(SQL["judge_enquiry"], this, caller, number, limits.window)
    assert row is not None
    result = _judge(row, enquiry.pin, key, limits)
    await connection.execute(SQL["settle_enquiry"], this, result)
    if result != "right":
        return None
    return TicketState(number, row["status"], row["deadline"], row["callback"], row["callback_id"])


def _judge(row: asyncpg.Record, pin: str, key: bytes, limits: EnquiryLimits) -> str:
    given = pin_hash(key, row["id"] or _NOBODY, pin)
    right = same_pin(row["pin_hash"] or "", given)
    if row["by_caller"] >= limits.per_caller or row["of_number"] >= limits.per_number:
        return "locked"
    return "right" if right else "wrong"
