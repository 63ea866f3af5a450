"""Hanging up at every single step: one row each, and nothing that was begun is lost."""

import asyncio
from collections.abc import Awaitable, Callable

from scripts.caller import Call
from scripts.caller.sounds import tone
from tests.calls.callers import Caller, agrees, reaches_the_number
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger

crowd = Crowd()

Way = Callable[[Call], Awaitable[None]]


def hears(*prompts: str) -> Way:
    async def way(call: Call) -> None:
        await call.hears(*prompts, timeout=60)

    return way


def takes(key: str, *prompts: str) -> Way:
    """A key of the main menu, and what is heard then."""

    async def way(call: Call) -> None:
        await agrees(call)
        await call.presses(key)
        await call.hears(*prompts)

    return way


async def hears_the_rule(call: Call) -> None:
    await takes("2", "stock-menu")(call)
    await call.presses("1")
    await call.hears("stock-rule")


async def is_asked_for_more(call: Call) -> None:
    await hears_the_rule(call)
    await call.hears("more", timeout=25)


async def hears_goodbye(call: Call) -> None:
    await is_asked_for_more(call)
    await call.presses("2")
    await call.hears("goodbye")


async def keys_half_a_number(call: Call) -> None:
    await reaches_the_number(call)
    await call.hears("number-right")
    await call.presses("2")
    await call.hears("number-enter")
    await call.presses("08123")


async def is_promised(call: Call) -> None:
    await reaches_the_number(call)
    await call.hears("number-right")
    await call.presses("1")
    await call.hears("promise-soon")


async def is_offered_a_message(call: Call) -> None:
    await is_promised(call)
    await call.hears("message-offer", timeout=60)


async def is_told_to_speak(call: Call) -> None:
    await is_offered_a_message(call)
    await call.presses("1")
    await call.hears("message-record")


async def reviews_a_message(call: Call) -> None:
    await is_told_to_speak(call)
    call.speaks(bytes(16000) + tone(440, 8))
    await call.hears("message-review", timeout=40)


WAYS: dict[str, tuple[Way, str, str | None]] = {
    # where: the way, the call's outcome, and the reason of its ticket
    "greeting": (hears("greeting-morning"), "hung_up", None),
    "consent": (hears("consent"), "hung_up", None),
    "main": (agrees, "hung_up", None),
    "products": (takes("1", "products-menu"), "hung_up", None),
    "stock": (takes("2", "stock-menu"), "hung_up", None),
    "stock-rule": (hears_the_rule, "hung_up", None),
    "complaints": (takes("3", "complaints-menu"), "hung_up", None),
    "training": (takes("4", "training-menu"), "hung_up", None),
    "enquiry": (takes("5", "enquiry-number"), "hung_up", None),
    "busy": (takes("0", "all-busy"), "hung_up", "abandoned"),
    "number": (keys_half_a_number, "hung_up", "abandoned"),
    "promise": (is_promised, "promise", "request"),
    "message-offer": (is_offered_a_message, "promise", "request"),
    "message": (reviews_a_message, "promise", "request"),
    "more": (is_asked_for_more, "information", None),
    "goodbye": (hears_goodbye, "information", None),
}


@crowd.joins
async def test_hanging_up_at_any_step_leaves_one_row_and_what_is_owed(
    caller: Caller, ledger: Ledger
) -> None:
    async def hangs_up(step: str, way: Way, outcome: str, reason: str | None) -> None:
        async with caller.dials() as call:
            await way(call)
        row = await ledger.row(call)
        reasons = [ticket.reason for ticket in await ledger.tickets(call)]
        found = (row.last_step, row.outcome, row.certain, reasons)
        assert found == (step, outcome, True, [reason] if reason else []), call.name

    async with asyncio.TaskGroup() as callers:
        for step, (way, outcome, reason) in WAYS.items():
            callers.create_task(hangs_up(step, way, outcome, reason))


@crowd.joins
async def test_whoever_hangs_up_before_the_first_word_is_a_call_all_the_same(
    caller: Caller, ledger: Ledger
) -> None:
    async def hangs_up_at_once() -> Call:
        async with caller.dials() as call:
            return call

    calls = await asyncio.gather(*(hangs_up_at_once() for _ in range(8)))

    assert [(await ledger.row(call)).outcome for call in calls] == ["hung_up"] * len(calls)
    assert await ledger.tickets(*calls) == []
