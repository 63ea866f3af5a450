"""What an institution answers to a ticket that was handed over, however it says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tickets import lifecycle
from tickets.errors import TicketError
from tickets.queries import SQL
from tickets.store import Connection

AnswerKind = Literal["accepted", "done", "declined"]
LIVE = frozenset({"waiting", "sent", "failed", "accepted"})
"""States in which the institution still owes something."""
SYSTEM = "system"


class HandoverUnknown(TicketError):
    """There is no such hand-over."""


class HandoverOver(TicketError):
    """It is in another state than this needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an institution said."""

    answer: AnswerKind
    note: str = ""
    until: datetime | None = None
    """Until when it will be done, of one that it accepted; else the ticket's own deadline holds."""


async def take_answer(
    connection: Connection,
    handover: UUID,
    said: Said,
    *,
    by: str,
    at: datetime,
    id_: UUID,
    partner: UUID | None = None,
    message: str | None = None,
) -> None:
    """Write it down; a `message` of a `partner` that came before changes nothing. A ticket that
    waited for nobody else goes on with us.

    In the caller's transaction. Raises HandoverUnknown, HandoverOver.
    """
    ticket = await connection.fetchrow(SQL["hold_ticket_of_handover"], handover, True)
    row = await connection.fetchrow(SQL["hold_handover"], handover, partner)
    if ticket is None or row is None:
        raise HandoverUnknown(f"there is no hand-over {handover}")
    if message and await connection.fetchval(SQL["partner_message_taken"], partner, message):
        return
    if row["state"] not in LIVE:
        raise HandoverOver(f"this hand-over is {row['state']}")
    who = None if message else by
    given = (id_, handover, said.answer, said.note, said.until, who, at, message)
    if await connection.fetchval(SQL["answer_handover"], *given) is None:
        return
    due = row["due"]
    if said.answer == "accepted":
        due = said.until or ticket["deadline"]
    await connection.execute(SQL["settle_handover"], handover, said.answer, due, at)
    told = (ticket["id"], by, row["state"], said.answer, row["partner_name"], at)
    await note_on_ticket(connection, *told)
    if said.answer != "accepted":
        await _goes_on_with_us(connection, ticket["id"], ticket["status"], by, at)


async def note_on_ticket(
    connection: Connection,
    ticket: UUID,
    actor: str,
    was: str | None,
    became: str,
    partner: str,
    at: datetime,
) -> None:
    """One line in the ticket's thread."""
    given = (ticket, "handover", was, became, actor, partner, at)
    await connection.execute(SQL["add_event"], *given)


async def _goes_on_with_us(
    connection: Connection, ticket: UUID, status: str, by: str, at: datetime
) -> None:
    waits = await connection.fetchval(SQL["open_handovers_of_ticket"], ticket)
    if status == "rujuk" and not waits:
        lifecycle.allow(status, "proses")
        await connection.execute(SQL["set_ticket_status"], ticket, "proses")
        given = (ticket, "moved", status, "proses", by, "", at)
        await connection.execute(SQL["add_event"], *given)
