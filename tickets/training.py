"""Signing up for a training, whichever way it was asked: by phone, in a message, at the desk.

The seats are counted by the table itself; who comes when all are taken is on the waiting list.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Connection

Channel = Literal["call", "whatsapp", "desk"]


@dataclass(frozen=True, slots=True)
class Place:
    """How it stands with somebody's seat."""

    id: UUID
    """Of the sign-up."""
    state: Literal["seated", "waiting", "cancelled"]
    """`cancelled` where the session was called off or had begun."""


async def sign_up(
    connection: Connection,
    training: UUID,
    person: UUID,
    *,
    phone: str | None,
    channel: Channel,
    at: datetime,
    signup: UUID,
    call: UUID | None = None,
    ticket: UUID | None = None,
    by: str = "",
) -> Place | None:
    """Within the caller's transaction; None when there is no such session.

    Who is on its list already stays as they are, and the same `signup` again changes nothing.
    Until `told` is called for it they are owed a word (`tickets.training_errands`).
    """
    await connection.execute(SQL["hold_trainings"], [training])
    given = (signup, training, person, phone, channel, call, ticket, by, at)
    row = await connection.fetchrow(SQL["sign_up_for_training"], *given)
    return Place(row["id"], row["state"]) if row and row["id"] else None


async def told(connection: Connection, place: Place, at: datetime) -> None:
    """They were told how it stands, truthfully, in the answer to what they asked."""
    await connection.execute(SQL["tell_signup"], place.id, at, place.state)
