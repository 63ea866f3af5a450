"""Service, link or PBX die while callers wait and talk: every caller comes to an end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered

WAITING = 10
LIVE = (
    "SELECT c.dialled, b.* FROM callback b JOIN ticket t ON t.id = b.ticket"
    " LEFT JOIN call c ON c.id = t.call WHERE b.state IN ('waiting', 'claimed', 'dialling')"
    " ORDER BY b.priority DESC, b.since"
)
TRIES = "SELECT a.id FROM callback_attempt a WHERE a.callback = ANY($1)"


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
    await talk.talks()
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
    await again.talks()
    await next_one.hangs_up()
    assert [(await queue.ledger.row(call)).outcome for call in (talking, leaving, next_one)] == [
        "agent",
        "hung_up",
        "agent",
    ]
    assert [stay["how"] for stay in await queue.stays_of(3, talking, leaving, next_one)] == [
        "answered",
        "answered",
        "abandoned",
    ]


async def test_what_ended_while_the_service_was_away_is_known_all_the_same(
    queue: Queueing,
) -> None:
    sari = await queue.agent("6001", "umum")
    talking = await queue.waits()
    await (await sari.rings(1)).talks()
    answered, leaving, keying = [await queue.waits() for _ in range(3)]
    await queue.until_waiting(3)

    await queue.hotline.stops_service(signal.SIGKILL)
    await leaving.hangs_up()
    await talking.hangs_up()
    second = await sari.rings(2)
    await second.talks()
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
    # What is noted of a stay is read apart from its call.
    stays = await queue.stays_of(4, talking, leaving, answered, keying)
    assert [stay["how"] for stay in stays] == ["answered", "answered", "abandoned", "key"]
    assert [stay["ended_by"] for stay in stays] == ["caller", "agent", None, None]


async def test_every_call_so_far_has_its_one_record_and_row(queue: Queueing) -> None:
    # Before the PBX is killed, which writes no records of the calls that it has then.
    await queue.ledger.all_ended()

    found = await queue.hotline.audit()

    assert found["one_to_one"], found


async def test_ten_callers_and_ten_callbacks_of_a_pbx_that_died_are_called_in_order(
    queue: Queueing,
) -> None:
    # Nobody answers: with an agent who is free the callbacks would be on their way at once.
    sari = await queue.agent("6001", "umum")
    await queue.pauses(sari)
    calls = await asyncio.gather(*(queue.waits() for _ in range(WAITING)))
    order = [one.get("CallerIDNum") for one in await queue.until_waiting(WAITING)]
    # Of the callbacks a half has waited for longer than all callers, the other for less.
    long_ago, now = queue.hotline.now() - timedelta(hours=1), queue.hotline.now()
    old = await queue.promises(long_ago + timedelta(minutes=nth) for nth in range(WAITING // 2))
    new = await queue.promises(now + timedelta(seconds=nth) for nth in range(WAITING // 2))
    first_two = [promise.national for promise in old[:2]]
    stand = [one.get("CallerIDNum") for one in await queue.until_waiting(WAITING + 2)]
    assert stand == [*first_two, *order]

    await asyncio.to_thread(queue.hotline.installation.stop_asterisk, signal.SIGKILL)
    await asyncio.to_thread(queue.hotline.installation.start_asterisk)
    await queue.ami.wait_up()

    rows = await queue.until_rows(LIVE, lambda rows: len(rows) == 2 * WAITING)
    # Those of one millisecond may stand either way.
    since = {f"0{row['phone'][3:]}": row["since"] for row in rows}
    expected = [one.national for one in old] + order + [one.national for one in new]
    assert since.keys() == {*expected}
    assert [since[number] for number in expected] == [row["since"] for row in rows]
    kept = rows[len(old) : len(old) + WAITING]
    assert {(row["queue"], row["type"]) for row in kept} == {("umum", "keep_place")}
    assert {(await queue.ledger.row(call)).outcome for call in calls} == {"promise"}
    assert {stay["how"] for stay in await queue.queue_of(*calls)} == {"lost"}
    # In the new queue they stand in the same order, and nobody was dialled.
    again = [one.get("CallerIDNum") for one in await queue.until_waiting(2)]
    assert again == first_two
    assert await queue.ledger.fetch(TRIES, [row["id"] for row in rows]) == []
    assert sari.calls == []
    _begin_the_books_anew(queue.hotline)


def _begin_the_books_anew(hotline: Hotline) -> None:
    """For the tests that follow: of the calls that a killed PBX had, no record will ever come."""
    Path(hotline.installation.endpoints["asterisk"]["cdr"]).unlink()
