"""Days on which the calendar, or an emergency, closes the line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scripts.caller import Call
from tests.calls.callers import Caller
from tests.calls.hotline import OPEN
from tests.calls.ledger import Ledger
from tests.calls.test_closed import asks_for_a_callback, wib

CHRISTMAS = "2026-12-25 10:00"
"""A Friday; the day before is *cuti bersama*."""


async def test_a_holiday_is_told_and_the_promise_is_after_it(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(CHRISTMAS) as call:
        await call.hears("greeting-morning", "closed-today", "hours-open")
        await asks_for_a_callback(call)

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
        await _rings_until(caller, "consent")


async def _rings_until(caller: Caller, wanted: str) -> Call:
    """The service asks for closures every two seconds; whoever rings before that is in time."""
    for _ in range(5):
        async with caller.rings() as call:
            if await call.hears_one_of(["closed-emergency", "consent"]) == wanted:
                return call
    raise AssertionError(f"{wanted} was never heard")


async def test_an_emergency_closes_the_line_at_once(caller: Caller, ledger: Ledger) -> None:
    async with _emergency(caller):
        call = await _rings_until(caller, "closed-emergency")

    assert (await ledger.row(call)).last_step == "closed"
