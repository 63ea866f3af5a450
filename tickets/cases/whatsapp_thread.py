"""What was written by WhatsApp, as who reads a ticket or a person may see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets.cases.people import PersonUnknown
from tickets.cases.tickets import TicketUnknown
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store

MOST = 500
"""Messages of one thread that are shown: the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, in or out."""

    id: UUID
    at: datetime
    direction: str
    """`in` or `out`."""
    kind: str
    text: str
    buttons: list[str]
    """Titles, of a question with buttons."""
    location: dict[str, float] | None
    media_state: str | None
    """`due`, `kept`, `refused` or `lost`; None where there is none."""
    media_why: str
    """Why it was refused or lost: `large`, `kind`, `full`, `gone`, `away`."""
    attachment: UUID | None
    """For who may open it."""
    state: str | None
    """Of one out: how far it came."""
    state_at: datetime | None
    error_code: int | None
    error: str
    actor: str
    """The login of who wrote it; empty for the person themselves."""
    ticket: str | None
    """The number of the ticket that it belongs to."""


@dataclass(frozen=True, slots=True)
class WhatsAppThreads:
    """Every method raises NotAllowed and StoreAway."""

    store: Store

    async def of_ticket(self, actor: Actor, number: str, noted: bool = False) -> list[Message]:
        """In the order in which they were written. A look at a confidential one is noted, unless
        that of its ticket just was. Raises TicketUnknown."""
        actor.need(Right.TICKETS_READ)
        may = actor.may(Right.CONFIDENTIAL)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["work_ticket"], may, number)
            if row is None:
                raise TicketUnknown(f"there is no ticket {number}")
            if row["confidential"] and not noted:
                await note_look(connection, actor, "ticket.read", number)
            rows = await connection.fetch(SQL["messages_of_ticket"], may, row["id"], MOST)
        return [_message(actor, one) for one in rows]

    async def of_person(self, actor: Actor, person: UUID) -> list[Message]:
        """All of their accounts, without what belongs to tickets that the actor may not see.

        Raises PersonUnknown.
        """
        actor.need(Right.PEOPLE_READ)
        may = (actor.may(Right.CONFIDENTIAL), actor.may(Right.ANONYMOUS))
        async with self.store.connection() as connection:
            if await connection.fetchrow(SQL["work_person"], *may, person) is None:
                raise PersonUnknown(f"there is no person {person}")
            rows = await connection.fetch(SQL["messages_of_person"], *may, person, MOST)
        return [_message(actor, one) for one in rows]


def _message(actor: Actor, row: Mapping[str, Any]) -> Message:
    content = json.loads(row["content"])
    hidden = row["anonymous"] and not actor.may(Right.ANONYMOUS)
    # What somebody shares of where they are, or a card of theirs, says who they are.
    tells_who = row["kind"] in ("location", "contacts")
    return Message(
        id=row["id"],
        at=row["at"],
        direction=row["direction"],
        kind=row["kind"],
        text="" if hidden and tells_who else row["text"],
        buttons=[str(one.get("title", "")) for one in content.get("buttons", ())],
        location=None if hidden else content.get("location") or None,
        media_state=row["media_state"],
        media_why=row["media_why"],
        attachment=None if hidden or not actor.may(Right.FILES) else row["attachment"],
        state=row["state"],
        state_at=_state_at(row),
        error_code=row["error_code"],
        error=row["error"],
        actor=row["actor"],
        ticket=row["ticket"],
    )


def _state_at(row: Mapping[str, Any]) -> datetime | None:
    at: datetime | None = row[f"{row['state']}_at"] if row["state"] in _TIMED else None
    return at


_TIMED = frozenset({"sent", "delivered", "read", "failed"})
