"""What people agreed to outside a call: the ledger that every use of their data is held to.

What was keyed in a call comes as a fact (`tickets.applying`). The last word counts, whichever way
it came; a withdrawal is a row too, and nothing is ever taken out.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Connection


class Purpose(StrEnum):
    """For what somebody's data may be used beyond answering what they asked."""

    RECORD = "record"
    """Their talk with an agent is kept as sound."""
    WHATSAPP = "whatsapp"
    """They are written to by WhatsApp."""
    SHARE_PRODUCER = "share_producer"
    """Name, number and wish go to a producer they were matched with."""
    SHARE_PARTNER = "share_partner"
    """Their report goes to another institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One word of a person's, in a message or before an officer."""

    person: UUID
    purpose: Purpose
    granted: bool
    at: datetime
    channel: Literal["whatsapp", "desk"]
    proof: str
    """Where it can be read again: a message's id, or what the officer noted of it; not empty."""
    phone: str | None = None
    by: str = ""
    """The login of the officer who wrote it down."""


async def record(connection: Connection, consent: Consent) -> None:
    await connection.execute(
        SQL["record_consent"],
        consent.person,
        consent.phone,
        consent.purpose,
        consent.granted,
        consent.at,
        consent.channel,
        consent.proof,
        consent.by,
    )


async def consents(connection: Connection, person: UUID, purpose: Purpose) -> bool:
    """Whether they agree now; nobody does who never said so."""
    return bool(await connection.fetchval(SQL["consents"], person, purpose))
