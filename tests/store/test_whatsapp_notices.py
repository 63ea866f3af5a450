"""What people are told by WhatsApp by itself: once each, and only who agreed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.imitated import TEMPLATES
from tests.store import consenting
from tests.store.told import FRIDAY_3, MONDAY_8, SITI, Call
from tickets.by_hand import CallbackBook
from tickets.consents import Purpose
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store
from tickets.whatsapp import sending
from tickets.whatsapp.notices import Notices

HOUR = timedelta(hours=1)
SOON = FRIDAY_3 + timedelta(minutes=10)


@pytest.fixture
async def notices(store: Store) -> AsyncIterator[Notices]:
    sending.switch(sending.Channel(TEMPLATES, lambda: SOON))
    yield Notices(store, lambda: SOON)
    sending.switch(None)


async def agrees(sql: Connection) -> None:
    person = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    await consenting.agrees(sql, person, Purpose.WHATSAPP)


async def told(sql: Connection) -> list[tuple[str, str]]:
    found = await sql.fetch("SELECT template, text FROM whatsapp_message ORDER BY seq")
    return [(row["template"], row["text"]) for row in found]


async def at(notices: Notices, store: Store, moment: timedelta) -> None:
    """Twice, and only once is anything queued."""
    for _ in range(2):
        await Notices(store, lambda: FRIDAY_3 + moment).once()


async def test_who_agreed_gets_the_number_once_the_call_is_over(
    notices: Notices, desk: PostgresDesk, store: Store, sql: Connection
) -> None:
    call = Call()
    call.begins()
    call.opens(1)
    await desk.apply(call.told)
    await agrees(sql)
    await notices.once()
    assert await told(sql) == []  # Still talking.
    call.told.clear()
    call.ends()
    await desk.apply(call.told)
    await notices.once()
    await notices.once()
    [(name, text)] = await told(sql)
    assert name == "ticket_number"
    assert "Kamis 17 Desember 2026" in text
    [row] = await sql.fetch("SELECT ticket, key, state FROM whatsapp_message")
    assert (row["key"], row["state"]) == (f"ticket-number:{row['ticket']}", "queued")


async def test_who_did_not_agree_and_what_is_old_is_not_told(
    notices: Notices, desk: PostgresDesk, store: Store, sql: Connection
) -> None:
    call = Call()
    call.begins()
    call.opens(1)
    call.ends()
    await desk.apply(call.told)
    await notices.once()
    assert await told(sql) == []
    await agrees(sql)
    await at(notices, store, timedelta(days=2))
    assert await told(sql) == []


async def test_a_callback_that_is_near_or_moved_or_came_to_nothing_is_told(
    notices: Notices, desk: PostgresDesk, store: Store, sql: Connection
) -> None:
    call = Call()
    call.begins()
    ticket = call.opens(1)
    callback: UUID = call.is_promised(ticket, type="slot")
    call.ends()
    await desk.apply(call.told)
    await agrees(sql)
    await notices.once()
    assert [name for name, _ in await told(sql)] == ["ticket_number"]
    # The caller chose the time: that is no news to them; an officer's change is.
    book = CallbackBook(store)
    await book.move(callback, MONDAY_8 + HOUR, "dewi", FRIDAY_3 + HOUR)
    await at(notices, store, 2 * HOUR)
    assert [name for name, _ in await told(sql)] == ["ticket_number", "callback_moved"]
    assert "Senin 30 November 2026, pukul 09.00 WIB" in (await told(sql))[-1][1]
    # An hour before.
    await at(notices, store, MONDAY_8 + timedelta(minutes=15) - FRIDAY_3)
    assert (await told(sql))[-1][0] == "callback_reminder"
    # Nobody answered, the last time too.
    await sql.execute(
        "UPDATE callback SET state = 'human', reason = 'no_answer', settled_at = $1",
        MONDAY_8 + 2 * HOUR,
    )
    await at(notices, store, MONDAY_8 + 3 * HOUR - FRIDAY_3)
    assert [name for name, _ in await told(sql)][2:] == ["callback_reminder", "could_not_reach"]
