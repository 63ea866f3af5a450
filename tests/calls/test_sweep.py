"""At 16.00 nobody is left waiting: everyone has the promise of a call, in order, and knows when."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from config.speech import WIB, moment
from scripts.caller import Call
from tests.calls.callers import Caller, is_told_ticket
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered

BEFORE, CLOSING = "2026-11-25 15:59:15", datetime(2026, 11, 25, 16, 0, tzinfo=WIB)
OPENING = datetime(2026, 11, 26, 8, 0, tzinfo=WIB)
CALLERS = 5
CALLBACKS = (
    "SELECT c.dialled, b.* FROM callback b JOIN ticket t ON t.id = b.ticket"
    " JOIN call c ON c.id = t.call WHERE dialled = ANY($1) ORDER BY b.since"
)


@pytest.fixture
async def queue(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    await hotline.serves(BEFORE)
    async with gathered(hotline, caller, ledger) as queue:
        yield queue
        await queue.clears()


async def _is_called_back(call: Call) -> None:
    await call.hears("queue-closed", timeout=60)
    await call.hears("promise-call", *moment(OPENING, "id"))
    await is_told_ticket(call)


async def test_everyone_who_waits_at_closing_is_promised_the_next_opening_in_order(
    queue: Queueing,
) -> None:
    sari = await queue.agent("6001", "umum")
    await queue.ami.ask("QueuePause", Interface="PJSIP/6001", Paused="true", Reason="rapat")
    calls = await asyncio.gather(*(queue.waits() for _ in range(CALLERS)))
    await queue.until_waiting(CALLERS)
    assert queue.hotline.now() < CLOSING, "the callers came too late for the test"
    await asyncio.gather(*map(_is_called_back, calls))
    assert CLOSING <= queue.hotline.now() < CLOSING + timedelta(minutes=1)
    await asyncio.gather(*(call.ends(40) for call in calls))

    dialled = [call.dialled for call in calls]
    rows = await queue.until_rows(CALLBACKS, lambda rows: len(rows) == CALLERS, dialled)
    # Everyone keeps the time since when they wait, by which they are called.
    stays = await queue.queue_of(*calls)
    waited = [(stay["since"], stay["phone"]) for stay in stays]
    assert sorted((row["since"], row["phone"]) for row in rows) == sorted(waited)
    assert {row["due"] for row in rows} == {OPENING}
    assert {(row["type"], row["queue"]) for row in rows} == {("next_opening", "umum")}
    assert {(await queue.ledger.row(call)).outcome for call in calls} == {"promise"}
    assert {stay["how"] for stay in stays} == {"closed"}
    assert sari.calls == []
