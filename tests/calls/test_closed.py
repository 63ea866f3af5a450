"""Outside the hours: why, until when, and a promise for the next opening."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from config.speech import WIB
from scripts.caller import Call
from tests.calls.callers import Caller, is_told_ticket
from tests.calls.hotline import OPEN
from tests.calls.ledger import Ledger

AFTER_HOURS = "2026-11-27 16:01"
"""A Friday, one minute late."""
CHRISTMAS = "2026-12-25 10:00"
"""A Friday; the day before is *cuti bersama*."""


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


async def _asks_for_a_callback(call: Call) -> str:
    """From the menu of a closed line; the ticket's number."""
    await call.hears("closed-menu", timeout=60)
    await call.presses("1")
    await call.hears("number-we-call", "number-right", timeout=20)
    await call.presses("1")
    await call.hears("promise-call")
    number, _ = await is_told_ticket(call)
    return number


async def test_after_hours_a_caller_is_promised_the_next_opening(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(AFTER_HOURS) as call:
        await call.hears("greeting-afternoon", "closed", "hours-open", "day/1", "day/5")
        number = await _asks_for_a_callback(call)

    ticket = await ledger.ticket(call)
    assert (ticket.number, ticket.category) == (number, "UMUM")
    assert ticket.due == wib("2026-11-30 08:00")
    assert (await ledger.row(call)).outcome == "promise"


async def test_closed_hours_are_told_in_the_other_language_too(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(AFTER_HOURS) as call:
        await call.hears("closed-menu", timeout=60)
        await call.presses("9")
        call.language = "en"
        await call.hears("greeting-afternoon", "closed", "hours-open")

    assert (await ledger.row(call)).last_step == "closed"


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


async def test_a_holiday_is_told_and_the_promise_is_after_it(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(CHRISTMAS) as call:
        await call.hears("greeting-morning", "closed-today", "hours-open")
        await _asks_for_a_callback(call)

    assert (await ledger.ticket(call)).due == wib("2026-12-28 08:00")


@asynccontextmanager
async def _emergency(caller: Caller) -> AsyncIterator[None]:
    """The line is closed from the command line, and opened again at the end."""
    await caller.hotline.serves(OPEN)
    await caller.hotline.runs("line", "close", "banjir")
    try:
        yield
    finally:
        await caller.hotline.runs("line", "reopen")


async def _rings_until_it_is_known(caller: Caller) -> Call:
    """The service asks for closures every two seconds; whoever rings before that is in time."""
    for _ in range(5):
        async with caller.rings() as call:
            heard = await call.hears_one_of(["closed-emergency", "consent"])
            if heard == "closed-emergency":
                return call
    raise AssertionError("the closure was never told")


async def test_an_emergency_closes_the_line_at_once(caller: Caller, ledger: Ledger) -> None:
    async with _emergency(caller):
        call = await _rings_until_it_is_known(caller)

    assert (await ledger.row(call)).last_step == "closed"
