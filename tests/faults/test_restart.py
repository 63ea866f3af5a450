"""The service dies, or its link does, while callers stand in menus: they go on where they were."""

import asyncio
import signal

from tests.calls.callers import Caller
from tests.calls.ledger import Ledger
from tests.faults.standing import CALLERS, goes_on, standing


async def test_twenty_callers_go_on_after_the_service_was_killed(
    caller: Caller, ledger: Ledger
) -> None:
    async with standing(caller) as callers:
        await caller.hotline.stops_service(signal.SIGKILL)
        await caller.hotline.starts_service()
        await asyncio.gather(*(goes_on(call, place) for call, place in callers))
        assert [call.name for call, _ in callers if call.over] == []

    for call, _ in callers:
        await ledger.row(call)
        events = [step.event for step in await ledger.steps(call)]
        assert events.count("readopted") == 1, call.name


async def test_callers_go_on_after_an_orderly_restart(caller: Caller, ledger: Ledger) -> None:
    async with standing(caller) as callers:
        await caller.hotline.stops_service()
        await caller.hotline.starts_service()
        await asyncio.gather(*(goes_on(call, place) for call, place in callers))

    assert len([await ledger.row(call) for call, _ in callers]) == CALLERS


async def test_callers_go_on_after_the_link_to_the_pbx_was_cut(
    caller: Caller, ledger: Ledger
) -> None:
    async with standing(caller) as callers:
        _cut_the_link(caller)
        await asyncio.gather(*(goes_on(call, place) for call, place in callers))

    assert len([await ledger.row(call) for call, _ in callers]) == CALLERS


async def test_every_call_of_the_pbx_has_its_one_row(caller: Caller, ledger: Ledger) -> None:
    await ledger.all_ended()

    found = await caller.hotline.audit()

    assert found["one_to_one"], found
    assert found["records"] == found["rows"] >= 3 * CALLERS


def _cut_the_link(caller: Caller) -> None:
    """Asterisk throws the service's manager session out, in the middle of its commands."""
    console = caller.hotline.installation.console
    user = caller.hotline.installation.endpoints["ami"]["user"]
    sessions = [line.split() for line in console("manager show connected").splitlines()]
    [descriptor] = [words[3] for words in sessions if words and words[0] == user]
    console(f"manager kick session {descriptor}")
