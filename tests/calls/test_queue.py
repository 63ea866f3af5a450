"""Callers wait for agents on the real PBX: who is served, who is called back, what is written."""

from collections.abc import AsyncIterator

import pytest

from tests.calls.callers import Caller, is_told_ticket
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered

STAYS = "SELECT how, agent FROM queue_entry e JOIN call c ON c.id = e.call WHERE dialled = $1"


@pytest.fixture(scope="module")
async def the_queue(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    await hotline.serves()
    async with gathered(hotline, caller, ledger) as queue:
        yield queue


@pytest.fixture
async def queue(the_queue: Queueing) -> AsyncIterator[Queueing]:
    await the_queue.hotline.serves()
    yield the_queue
    await the_queue.clears()


async def test_a_caller_speaks_with_an_agent_and_the_agent_hangs_up(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits()
    await call.hears("connecting")
    ringing = await sari.rings()
    await ringing.answers()
    await ringing.hangs_up()
    await call.ends()

    assert (await queue.ledger.row(call)).outcome == "agent"
    (stay,) = await queue.queue_of(call)
    assert (stay["how"], stay["agent"], stay["ended_by"]) == ("answered", "6001", "agent")
    assert (stay["queue"], stay["position"], stay["priority"]) == ("umum", 1, 0)
    assert await queue.ledger.tickets(call) == []


async def test_a_caller_who_hangs_up_after_the_answer_spoke_with_an_agent(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    call = await queue.waits()
    await (await sari.rings()).answers()
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "agent"
    (stay,) = await queue.queue_of(call)
    assert (stay["how"], stay["agent"], stay["ended_by"]) == ("answered", "6001", "caller")
    assert await queue.ledger.tickets(call) == []


async def test_who_hangs_up_while_waiting_has_abandoned_the_queue(queue: Queueing) -> None:
    await queue.agent("6001", "umum")
    call = await queue.waits()
    await queue.until_waiting(1)
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "hung_up"
    assert [stay["how"] for stay in await queue.queue_of(call)] == ["abandoned"]


async def test_key_1_keeps_the_place_for_a_callback(queue: Queueing) -> None:
    await queue.agent("6001", "umum")
    call = await queue.waits()
    await queue.until_waiting(1)
    await call.presses("1")
    await call.hears("number-we-call")
    await call.hears("number-right")
    await call.presses("1")
    await is_told_ticket(call)
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "promise"
    (stay,) = await queue.queue_of(call)
    assert stay["how"] == "key"
    (row,) = await queue.ledger.fetch(
        "SELECT b.* FROM callback b JOIN ticket t ON t.id = b.ticket JOIN call c ON c.id = t.call"
        " WHERE dialled = $1",
        call.dialled,
    )
    assert (row["type"], row["queue"], row["since"]) == ("keep_place", "umum", stay["since"])


async def test_star_leads_back_to_the_menu(queue: Queueing) -> None:
    await queue.agent("6001", "umum")
    call = await queue.waits()
    await queue.until_waiting(1)
    await call.presses("*")
    await call.hears("main-menu")
    await call.hangs_up()

    assert (await queue.ledger.row(call)).outcome == "hung_up"
    assert [stay["how"] for stay in await queue.queue_of(call)] == ["key"]
    assert await queue.ledger.tickets(call) == []


async def test_with_nobody_logged_in_a_callback_is_offered_at_once(queue: Queueing) -> None:
    call = await queue.waits()
    await call.hears("all-busy", "number-we-call")
    await call.hangs_up()

    assert list(await queue.queue_of(call)) == []
