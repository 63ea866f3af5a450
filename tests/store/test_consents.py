"""Who agreed to what: the last word counts, whichever way and by whichever number it came."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from tests.store.told import FRIDAY_3, SITI, Call
from tickets.consents import Consent, Purpose, consents, record
from tickets.desk import PostgresDesk
from tickets.store import Store

HOUR = timedelta(hours=1)


@pytest.fixture
async def siti(desk: PostgresDesk, store: Store) -> UUID:
    """Has called, and keyed that her talk may be recorded."""
    call = Call()
    call.begins()
    call.consents()
    await desk.apply(call.told)
    async with store.connection() as connection:
        person = await connection.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    assert isinstance(person, UUID)
    return person


async def test_a_key_in_a_call_and_a_word_at_the_desk_are_one_ledger(
    siti: UUID, store: Store
) -> None:
    async with store.connection() as connection:
        assert await consents(connection, siti, Purpose.RECORD)
        assert not await consents(connection, siti, Purpose.WHATSAPP)
        withdrawn = Consent(
            person=siti,
            purpose=Purpose.RECORD,
            granted=False,
            at=FRIDAY_3 + HOUR,
            channel="desk",
            proof="said so on the telephone",
            by="dewi",
        )
        await record(connection, withdrawn)
        assert not await consents(connection, siti, Purpose.RECORD)


async def test_there_is_no_consent_without_a_proof(siti: UUID, store: Store) -> None:
    claimed = Consent(
        person=siti,
        purpose=Purpose.WHATSAPP,
        granted=True,
        at=FRIDAY_3,
        channel="whatsapp",
        proof="",
    )
    async with store.connection() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await record(connection, claimed)
