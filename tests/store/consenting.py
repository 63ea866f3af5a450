"""People who agree, as an officer writes it down."""

from datetime import datetime
from uuid import UUID

from tests.store.told import FRIDAY_3
from tickets.consents import Consent, Purpose, record
from tickets.store import Connection


async def agrees(
    connection: Connection, person: UUID, purpose: Purpose, at: datetime = FRIDAY_3
) -> None:
    """They say yes to an officer."""
    consent = Consent(
        person=person, purpose=purpose, granted=True, at=at, channel="desk", proof="said so"
    )
    await record(connection, consent)
