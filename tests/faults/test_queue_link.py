"""The link to the PBX is away for a minute while agents talk and callers come, wait and go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest

from scripts.caller import Call
from tests.calls.agents import Ringing
from tests.calls.callers import Caller, agrees, number_of
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered
from tests.faults.cut_link import Link, link

AWAY = 60.0
"""Seconds."""
OUTCOMES = {"agent", "promise", "information", "hung_up"}
CROWD = 6
"""So many stand in the menu when the link goes, and so many more come while it is away."""
SOON = 1.0
"""Seconds within which the service and the PBX agree on what an agent does."""


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
    await queue.agent("6003")
    first, second = await asyncio.gather(queue.waits(), queue.waits())
    talks = [await (await phone.rings()).talks() for phone in (sari, budi)]
    came = await asyncio.gather(
        *(queue.waits() for _ in range(4)), *(_chooses(queue) for _ in range(CROWD))
    )
    order = [one.get("CallerIDNum") for one in await queue.until_waiting(4)]
    waiting = sorted(came[:4], key=lambda call: order.index(number_of(call)))
    choosing = came[4:]
    assert await queue.hotline.agent_is("6003") == "ready"
    await waiting[3].presses("9")  # No key of the queue: nothing happens.

    await cable.cut()
    back = asyncio.get_running_loop().time() + AWAY
    alone = asyncio.gather(*map(_asks_the_pbx, choosing), *(_comes(queue) for _ in choosing))
    await queue.ami.ask("QueuePause", Interface="PJSIP/6003", Paused="true", Reason="salat")
    await talks[0].hangs_up()  # The agent; the PBX alone says goodbye.
    await _one_ends(first, second)
    third = await (await _rung(sari.rings(2), budi.rings(2))).talks()
    await waiting[0].hangs_up()
    await waiting[1].hangs_up()
    promised = await alone
    await asyncio.sleep(back - asyncio.get_running_loop().time())
    await cable.mend()
    await _until_ready(queue.hotline)
    await _until_agent_is(queue.hotline, "6003", "paused salat")

    assert third is not None
    assert not waiting[2].over
    await waiting[2].presses("*")
    await waiting[2].hears("main-menu", timeout=30)
    await queue.clears()
    calls = [first, second, *waiting, *promised]
    outcomes = [(await queue.ledger.row(call)).outcome for call in calls]
    assert outcomes[:3] == ["agent", "agent", "agent"]
    assert outcomes[6:] == ["promise"] * 2 * CROWD
    assert len(await queue.ledger.tickets(*promised)) == 2 * CROWD
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


async def _chooses(queue: Queueing) -> Call:
    """A caller in the main menu."""
    call = await queue.calls()
    await agrees(call)
    return call


async def _comes(queue: Queueing) -> Call:
    return await _asks_the_pbx(await queue.calls())


async def _asks_the_pbx(call: Call) -> Call:
    """Whom the PBX alone serves leaves a number."""
    await call.hears("fallback-open", "number-we-call", timeout=AWAY)
    await call.presses("1")
    await call.hears("fallback-message")
    await call.hangs_up()
    return call


async def _until_agent_is(hotline: Hotline, extension: str, state: str) -> None:
    async with asyncio.timeout(SOON):
        while await hotline.agent_is(extension) != state:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def _until_ready(hotline: Hotline) -> None:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(hotline.installation.service_is_ready):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _one_ends(*calls: Call) -> None:
    tasks = [asyncio.ensure_future(call.ends(30)) for call in calls]
    _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
