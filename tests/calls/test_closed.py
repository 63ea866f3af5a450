"""Outside the hours: why, until when, and a promise for the next opening."""

import asyncio
from datetime import datetime

from config.speech import WIB
from scripts.caller import Call
from tests.calls.callers import Caller, is_offered_another_time, is_told_ticket
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger

AFTER_HOURS = "2026-11-27 16:01"
"""A Friday, one minute late."""

crowd = Crowd(AFTER_HOURS)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


async def is_promised_a_call(call: Call) -> None:
    """From the menu of a closed line."""
    await call.hears("closed-menu", timeout=60)
    await call.presses("1")
    await call.hears("number-we-call", "number-right", timeout=20)
    await call.presses("1")
    await call.hears("promise-call")


@crowd.joins
async def test_after_hours_a_caller_is_promised_the_next_opening(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(AFTER_HOURS) as call:
        await call.hears("greeting-afternoon", "closed", "hours-open", "day/1", "day/5")
        await is_promised_a_call(call)
        number, _ = await is_told_ticket(call)

    ticket = await ledger.ticket(call)
    assert (ticket.number, ticket.category) == (number, "UMUM")
    assert ticket.due == wib("2026-11-30 08:00")
    assert (await ledger.row(call)).outcome == "promise"


@crowd.joins
async def test_after_hours_a_caller_chooses_when_to_be_called(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(AFTER_HOURS) as call:
        await call.hears("closed-menu", timeout=60)
        await call.presses("1")
        await is_offered_another_time(call)
        await call.hears("day/1", "clock/0900", "clock/1000", "slot-key-2")
        await call.presses("2")
        await call.hears("promise-call", "day/1", "clock/1000", "message-offer")

    assert (await ledger.ticket(call)).due == wib("2026-11-30 10:00")
    assert await ledger.promised(call) == [("slot", wib("2026-11-30 10:00"), "waiting")]


@crowd.joins
async def test_closed_hours_are_told_in_the_other_language_too(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(AFTER_HOURS) as call:
        await call.hears("closed-menu", timeout=60)
        await call.presses("9")
        call.language = "en"
        await call.hears("greeting-afternoon", "closed", "hours-open", "closed-menu", timeout=60)

    assert (await ledger.row(call)).last_step == "closed-menu"


@crowd.joins
async def test_a_closed_line_says_goodbye_after_three_wrong_keys(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(AFTER_HOURS) as call:
        await call.hears("closed-menu", timeout=60)
        await call.presses("7")
        await call.hears("invalid", "closed-menu")
        await call.presses("#")
        await call.hears("invalid", "closed-menu")
        await call.presses("7")
        await call.hears("goodbye")
        await call.ends()

    assert (await ledger.row(call)).outcome == "hung_up"
    assert await ledger.tickets(call) == []


@crowd.joins
async def test_hanging_up_on_a_closed_line_leaves_one_row(caller: Caller, ledger: Ledger) -> None:
    async def hangs_up(step: str, *prompts: str) -> None:
        async with caller.dials(AFTER_HOURS) as call:
            await call.hears(*prompts, timeout=60)
        row = await ledger.row(call)
        assert (row.last_step, row.outcome) == (step, "hung_up")
        assert await ledger.tickets(call) == []

    await asyncio.gather(
        hangs_up("closed", "closed", "hours-open"), hangs_up("closed-menu", "closed-menu")
    )
