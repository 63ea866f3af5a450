"""A ticket's state: for number and PIN, and never for trying them out."""

import asyncio
from datetime import timedelta

import pytest

from config.numbers import ticket_number
from tests.store.conftest import PIN_KEY
from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call
from tests.store.waited import cancelled
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.enquiries import EnquiryLimits
from tickets.store import Connection, Store

NUMBER = ticket_number(2026, 1)


@pytest.fixture
async def ticket(desk: PostgresDesk) -> None:
    """A ticket with the PIN 4711 and a callback on Monday."""
    call = Call()
    call.is_promised(call.opens(1, pin="4711"))
    await desk.apply(call.told)


@pytest.mark.usefixtures("ticket")
async def test_number_and_pin_tell_the_state(desk: PostgresDesk, sql: Connection) -> None:
    state = await desk.ticket_state(NUMBER, "4711", SITI)
    assert state is not None
    assert (state.number, state.status, state.callback) == (NUMBER, "baru", MONDAY_8)
    assert state.deadline == await sql.fetchval("SELECT deadline FROM ticket")
    assert state.callback_id == await sql.fetchval("SELECT id FROM callback")


@pytest.mark.usefixtures("ticket")
async def test_a_cancelled_callback_is_not_told(desk: PostgresDesk, sql: Connection) -> None:
    callback = await sql.fetchval("SELECT id FROM callback")
    await desk.apply([cancelled(callback, FRIDAY_3)])
    state = await desk.ticket_state(NUMBER, "4711", SITI)
    assert state is not None
    assert (state.callback, state.callback_id) == (None, None)


@pytest.mark.usefixtures("ticket")
@pytest.mark.parametrize(
    ("number", "pin"),
    [
        (NUMBER, "4712"),
        (NUMBER, ""),
        (ticket_number(2026, 2), "4711"),
        ("", ""),
        ("9" * 5000, "9" * 5000),
        ("26' OR 1=1", "4711"),
    ],
)
async def test_anything_else_tells_nothing(desk: PostgresDesk, number: str, pin: str) -> None:
    assert await desk.ticket_state(number, pin, SITI) is None


async def test_a_ticket_without_a_pin_is_told_to_nobody(desk: PostgresDesk) -> None:
    call = Call()
    call.opens(1)
    await desk.apply([{**call.told[0], "pin_hash": None}])
    assert await desk.ticket_state(NUMBER, "", SITI) is None


@pytest.mark.usefixtures("ticket")
async def test_after_five_wrong_tries_a_caller_is_not_answered(desk: PostgresDesk) -> None:
    for n in range(5):
        assert await desk.ticket_state(NUMBER, f"000{n}", SITI) is None
    assert await desk.ticket_state(NUMBER, "4711", SITI) is None
    assert await desk.ticket_state(NUMBER, "4711", BUDI) is not None


@pytest.mark.usefixtures("ticket")
async def test_after_ten_wrong_tries_a_ticket_is_told_to_nobody(desk: PostgresDesk) -> None:
    for n in range(10):
        assert await desk.ticket_state(NUMBER, f"000{n}", f"channel-{n}") is None
    assert await desk.ticket_state(NUMBER, "4711", BUDI) is None


@pytest.mark.usefixtures("ticket")
async def test_tries_on_unknown_numbers_count_alike(desk: PostgresDesk) -> None:
    for n in range(2, 7):
        assert await desk.ticket_state(ticket_number(2026, n), "0000", SITI) is None
    assert await desk.ticket_state(NUMBER, "4711", SITI) is None


@pytest.mark.usefixtures("ticket")
async def test_right_tries_use_up_nothing(desk: PostgresDesk) -> None:
    for _ in range(12):
        assert await desk.ticket_state(NUMBER, "4711", SITI) is not None


@pytest.mark.usefixtures("ticket")
async def test_a_caller_is_answered_again_when_the_hour_is_over(
    desk: PostgresDesk, sql: Connection
) -> None:
    for n in range(9):
        assert await desk.ticket_state(NUMBER, f"000{n}", SITI) is None
    await sql.execute("UPDATE ticket_enquiry SET at = at - interval '61 minutes'")
    assert await desk.ticket_state(NUMBER, "4711", SITI) is not None


@pytest.mark.usefixtures("ticket")
async def test_trying_many_pins_at_once_is_no_way_around(
    desk: PostgresDesk, sql: Connection
) -> None:
    pins = [f"{n:04d}" for n in range(4700, 4740)]
    await asyncio.gather(*(desk.ticket_state(NUMBER, pin, "channel-1") for pin in pins))
    # The right one is among them: it may be told besides, as long as the wrong ones are few.
    wrong = "SELECT count(*) FROM ticket_enquiry WHERE result = 'wrong'"
    right = "SELECT count(*) FROM ticket_enquiry WHERE result = 'right'"
    assert await sql.fetchval(wrong) <= 5
    assert await sql.fetchval(right) <= 1


@pytest.mark.usefixtures("ticket")
async def test_the_limits_are_the_installations(store: Store, deadlines: Deadlines) -> None:
    limits = EnquiryLimits(per_caller=1, per_number=10, window=timedelta(minutes=5))
    strict = PostgresDesk(store, deadlines, PIN_KEY, limits)
    assert await strict.ticket_state(NUMBER, "0000", SITI) is None
    assert await strict.ticket_state(NUMBER, "4711", SITI) is None


@pytest.mark.usefixtures("ticket")
async def test_another_installations_key_opens_nothing(store: Store, deadlines: Deadlines) -> None:
    other = PostgresDesk(store, deadlines, b"another key")
    assert await other.ticket_state(NUMBER, "4711", SITI) is None


@pytest.mark.usefixtures("ticket")
async def test_tries_are_forgotten_after_a_day(desk: PostgresDesk, sql: Connection) -> None:
    await desk.ticket_state(NUMBER, "0000", SITI)
    await sql.execute("UPDATE ticket_enquiry SET at = at - interval '25 hours'")
    await desk.ticket_state(NUMBER, "0000", BUDI)
    callers = [row["caller"] for row in await sql.fetch("SELECT caller FROM ticket_enquiry")]
    assert callers == [BUDI]


async def test_a_second_request_hears_of_the_callback_that_serves_both(desk: PostgresDesk) -> None:
    first, second = Call("1795766400.1"), Call("1795766400.2")
    first.is_promised(first.opens(1))
    second.is_promised(second.opens(2))
    await desk.apply(first.told + second.told)
    state = await desk.ticket_state(ticket_number(2026, 2), "4711", SITI)
    assert state is not None
    assert state.callback == MONDAY_8
