"""When to be called is chosen by keypad; the last place goes to one; moved and cancelled by phone.

Every slot of an hour has room for two (`slots.capacity`), and none begins within an hour.
"""

import asyncio
from datetime import datetime, timedelta

from config.speech import WIB
from scripts.caller import Call
from tests.calls.callers import (
    Caller,
    agrees,
    enquires,
    is_offered_another_time,
    is_told_ticket,
    reaches_the_number,
)
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger

crowd = Crowd()


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


NOON, ONE = wib("2026-11-25 12:00"), wib("2026-11-25 13:00")


async def _chooses(caller: Caller, ready: asyncio.Barrier) -> Call:
    """The first slot that is offered, with others at the same moment; if it is gone, the next."""
    async with caller.dials() as call:
        await reaches_the_number(call)
        await is_offered_another_time(call)
        await call.hears("clock/1200", "slot-key-1")
        await ready.wait()
        await call.presses("1")
        if await call.hears_one_of(["promise-call", "slot-taken"]) == "slot-taken":
            assert await call.hears_one_of(["clock/1200", "clock/1300"]) == "clock/1300"
            await call.presses("1")
            await call.hears("promise-call", "clock/1300")
        return call


@crowd.joins
async def test_of_three_callers_at_once_two_get_the_slot_and_one_is_offered_others(
    caller: Caller, ledger: Ledger
) -> None:
    ready = asyncio.Barrier(3)
    calls = await asyncio.gather(*(_chooses(caller, ready) for _ in range(3)))

    rows = [await ledger.promised(call) for call in calls]
    assert sorted(rows) == [
        [("slot", NOON, "waiting")],
        [("slot", NOON, "waiting")],
        [("slot", ONE, "waiting")],
    ]


@crowd.joins
async def test_wrong_keys_leave_the_promise_as_it_was(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await reaches_the_number(call)
        await is_offered_another_time(call)
        await call.presses("8")
        await call.hears("invalid")
        await call.presses("#")
        await call.hears("invalid")
        await call.presses("5")
        await call.hears("slot-stays", "message-offer")

    await _is_called_at_once(ledger, call)


@crowd.joins
async def test_who_says_nothing_and_hangs_up_is_called_as_promised(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await reaches_the_number(call)
        await is_offered_another_time(call)
        await call.hears("silence", timeout=40)

    await _is_called_at_once(ledger, call)
    assert (await ledger.row(call)).outcome == "promise"


async def _is_called_at_once(ledger: Ledger, call: Call) -> None:
    [(kind, at, state)] = await ledger.promised(call)
    assert kind == "keep_place"
    assert state in ("waiting", "claimed")  # The dialler claims at once what is due.
    assert at < NOON - timedelta(hours=1)


@crowd.joins
async def test_a_call_is_cancelled_by_number_and_pin(caller: Caller, ledger: Ledger) -> None:
    number, pin, first = await _ticket(caller)
    async with caller.dials() as call:
        await _reaches_the_change(call, number, pin)
        await call.presses("1")
        await call.hears("enquiry-cancelled", "more")

    [(_, _, state)] = await ledger.promised(first)
    assert state == "cancelled"
    events = await ledger.fetch(
        "SELECT e.became, e.actor FROM ticket_event e JOIN call c ON c.id = e.call"
        " WHERE dialled = $1",
        call.dialled,
    )
    assert [tuple(event) for event in events] == [("cancelled", "caller")]


@crowd.joins
async def test_a_call_is_moved_by_number_and_pin(caller: Caller, ledger: Ledger) -> None:
    number, pin, first = await _ticket(caller)
    async with caller.dials() as call:
        await _reaches_the_change(call, number, pin)
        await call.presses("2")
        await call.hears("slot-choose", "slot-key-1")
        await call.presses("9")
        # The fourth: another one if others have filled the first meanwhile.
        fourth = {"clock/1500": wib("2026-11-25 15:00"), "clock/0800": wib("2026-11-26 08:00")}
        heard = await call.hears_one_of(list(fourth))
        await call.hears("slot-key-1")
        await call.presses("1")
        await call.hears("promise-call", heard, "more")

    assert await ledger.promised(first) == [("slot", fourth[heard], "waiting")]


async def _ticket(caller: Caller) -> tuple[str, str, Call]:
    """Number and PIN of somebody who was promised a call, and their call."""
    async with caller.dials() as call:
        await reaches_the_number(call)
        await call.hears("number-right")
        await call.presses("1")
        return *await is_told_ticket(call), call


async def _reaches_the_change(call: Call, number: str, pin: str) -> None:
    """They ring again, from any phone."""
    await agrees(call)
    await call.presses("5")
    assert await enquires(call, number, pin) == "enquiry-report"
    await call.hears("enquiry-callback", "enquiry-change")
