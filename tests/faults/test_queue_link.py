"""The link to the PBX is away for a minute while agents talk and callers come, wait and go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest

from scripts.caller import Call
from tests.calls.agents import Ringing
from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered
from tests.faults.cut_link import Link, link

AWAY = 60.0
"""Seconds."""
OUTCOMES = {"agent", "promise", "information", "hung_up"}


@pytest.fixture
async def cable(hotline: Hotline) -> AsyncIterator[Link]:
    installation = hotline.installation
    async with link(installation.ports.ami) as cable:
        ours = {"name": "pbx1", "port": cable.port, "user": installation.endpoints["ami"]["user"]}
        await hotline.serves(pbx=ours)
        yield cable


@pytest.fixture
async def queue(
    cable: Link, hotline: Hotline, caller: Caller, ledger: Ledger
) -> AsyncIterator[Queueing]:
    async with gathered(hotline, caller, ledger) as queue:
        yield queue
        await queue.clears()


async def test_a_minute_without_the_link_costs_nobody_their_turn(
    cable: Link, queue: Queueing
) -> None:
    sari, budi = await queue.agent("6001", "umum"), await queue.agent("6002", "umum")
    first = await queue.waits()
    talks = [await (await _rung(sari.rings(1), budi.rings(1))).answers()]
    second = await queue.waits()
    talks.append(await (await _rung(*(p.rings(1) for p in (sari, budi) if not p.calls))).answers())
    waiting = [await queue.waits() for _ in range(4)]
    await queue.until_waiting(4)
    await waiting[3].presses("9")  # No key of the queue: nothing happens.

    await cable.cut()
    back = asyncio.get_running_loop().time() + AWAY
    await talks[0].hangs_up()  # The agent; the PBX alone says goodbye.
    await _one_ends(first, second)
    third = await (await _rung(sari.rings(2), budi.rings(2))).answers()
    await waiting[0].hangs_up()
    newcomer = await queue.calls()
    await newcomer.hears("fallback-open", "number-we-call")
    await newcomer.presses("1")
    await newcomer.hears("fallback-message")
    await newcomer.hangs_up()
    await waiting[1].hangs_up()
    await asyncio.sleep(back - asyncio.get_running_loop().time())
    await cable.mend()
    await _until_ready(queue.hotline)

    assert third is not None
    assert not waiting[2].over
    await waiting[2].presses("*")
    await waiting[2].hears("main-menu", timeout=30)
    await queue.clears()
    calls = [first, second, *waiting, newcomer]
    outcomes = [(await queue.ledger.row(call)).outcome for call in calls]
    assert outcomes[:3] == ["agent", "agent", "agent"]
    assert outcomes[6] == "promise"
    assert set(outcomes) <= OUTCOMES
    stays = await queue.queue_of(*calls)
    assert [stay["how"] for stay in stays][:3] == ["answered"] * 3
    assert all(stay["how"] for stay in stays)
    found = await queue.hotline.audit()
    assert found["one_to_one"], found


async def _rung(*rings: Awaitable[Ringing]) -> Ringing:
    """The call at the phone that rings first."""
    tasks = [asyncio.ensure_future(ring) for ring in rings]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    return done.pop().result()


async def _until_ready(hotline: Hotline) -> None:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(hotline.installation.service_is_ready):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _one_ends(*calls: Call) -> None:
    tasks = [asyncio.ensure_future(call.ends(30)) for call in calls]
    _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
