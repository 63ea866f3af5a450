"""Service, link or PBX die while callers wait and talk: every caller comes to an end."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered

WAITING = 10
CALLBACKS = (
    "SELECT c.dialled, b.since, b.type, b.queue FROM callback b JOIN ticket t ON t.id = b.ticket"
    " JOIN call c ON c.id = t.call WHERE dialled = ANY($1) ORDER BY b.since"
)


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


async def test_a_killed_service_finds_who_waits_and_who_talks(queue: Queueing) -> None:
    sari = await queue.agent("6001", "umum")
    talking = await queue.waits()
    talk = await sari.rings(1)
    await talk.answers()
    # Who hangs up is called back in their turn: behind the next one.
    next_one, leaving = await queue.waits(), await queue.waits()
    await queue.until_waiting(2)

    await queue.hotline.stops_service(signal.SIGKILL)
    await queue.hotline.starts_service()

    assert not talking.over
    await leaving.hangs_up()
    await talk.hangs_up()
    await talking.ends()
    again = await sari.rings(2)
    await again.answers()
    await next_one.hangs_up()
    assert [(await queue.ledger.row(call)).outcome for call in (talking, leaving, next_one)] == [
        "agent",
        "hung_up",
        "agent",
    ]
    assert [stay["how"] for stay in await queue.queue_of(talking, leaving, next_one)] == [
        "answered",
        "answered",
        "abandoned",
    ]


async def test_what_ended_while_the_service_was_away_is_known_all_the_same(
    queue: Queueing,
) -> None:
    sari = await queue.agent("6001", "umum")
    talking = await queue.waits()
    await (await sari.rings(1)).answers()
    answered, leaving, keying = [await queue.waits() for _ in range(3)]
    await queue.until_waiting(3)

    await queue.hotline.stops_service(signal.SIGKILL)
    await leaving.hangs_up()
    await talking.hangs_up()
    second = await sari.rings(2)
    await second.answers()
    await second.hangs_up()
    await answered.ends()
    await keying.presses("1")
    await keying.hears("fallback-open", "number-we-call")
    await queue.hotline.starts_service()

    assert (await queue.ledger.row(talking)).outcome == "agent"
    assert (await queue.ledger.row(answered)).outcome == "agent"
    assert (await queue.ledger.row(leaving)).outcome == "hung_up"
    await keying.presses("1")
    await keying.hears("fallback-message")
    await keying.hangs_up()
    assert (await queue.ledger.row(keying)).outcome == "promise"
    stays = await queue.queue_of(talking, leaving, answered, keying)
    assert [stay["how"] for stay in stays] == ["answered", "answered", "abandoned", "key"]
    assert [stay["ended_by"] for stay in stays] == ["caller", "agent", None, None]


async def test_every_call_so_far_has_its_one_record_and_row(queue: Queueing) -> None:
    # Before the PBX is killed, which writes no records of the calls that it has then.
    await queue.ledger.all_ended()

    found = await queue.hotline.audit()

    assert found["one_to_one"], found


async def test_ten_waiting_callers_of_a_pbx_that_died_become_callbacks_in_order(
    queue: Queueing,
) -> None:
    # Nobody answers: with an agent who is free the callbacks would be on their way at once.
    sari = await queue.agent("6001", "umum")
    await queue.ami.ask("QueuePause", Interface="PJSIP/6001", Paused="true", Reason="rapat")
    calls = []
    for nth in range(WAITING):
        calls.append(await queue.waits())
        await queue.until_waiting(nth + 1)

    await asyncio.to_thread(queue.hotline.installation.stop_asterisk, signal.SIGKILL)
    await asyncio.to_thread(queue.hotline.installation.start_asterisk)
    await queue.ami.wait_up()

    dialled = [call.dialled for call in calls]
    rows = await queue.until_rows(CALLBACKS, lambda rows: len(rows) == WAITING, dialled)
    assert [row["dialled"] for row in rows] == dialled
    assert {(row["queue"], row["type"]) for row in rows} == {("umum", "keep_place")}
    assert {(await queue.ledger.row(call)).outcome for call in calls} == {"promise"}
    assert {stay["how"] for stay in await queue.queue_of(*calls)} == {"lost"}
    assert sari.extension == "6001"
