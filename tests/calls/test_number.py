"""Which number is called back: read back, corrected, entered, withheld."""

import asyncio

from scripts.caller import Call
from tests.calls.callers import (
    Caller,
    agrees,
    asks_for_a_callback,
    e164,
    is_told_ticket,
    reaches_the_number,
)
from tests.calls.crowd import Crowd
from tests.calls.hotline import OPEN
from tests.calls.ledger import Ledger, Step

crowd = Crowd()


async def _hears_read_back(call: Call, number: str) -> None:
    """The number is said in pairs, and the caller may agree or correct it."""
    await call.hears("number-we-call", timeout=25)
    assert await call.reads_digits(len(number)) == number
    await call.hears("number-right")


@crowd.joins
async def test_a_callback_request_becomes_a_ticket(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials(number="081298765432") as call:
        number, pin = await asks_for_a_callback(call)

    ticket = await ledger.ticket(call)
    assert (ticket.number, ticket.category, ticket.phone) == (number, "UMUM", "+6281298765432")
    assert (ticket.channel, ticket.reason, ticket.status) == ("phone", "request", "baru")
    assert ticket.due is not None
    assert len(pin) == 4
    row = await ledger.row(call)
    assert (row.outcome, row.last_step, row.certain) == ("promise", "goodbye", True)


@crowd.joins
async def test_the_number_is_corrected(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await reaches_the_number(call)
        await call.hears("number-right")
        await call.presses("2")
        await call.hears("number-enter")
        await call.presses("081388887777#", gap=0.05)
        await _hears_read_back(call, "081388887777")
        await call.presses("1")
        told = await is_told_ticket(call)

    ticket = await ledger.ticket(call)
    assert (ticket.phone, ticket.number) == ("+6281388887777", told[0])


@crowd.joins
async def test_a_landline_is_called_back_too(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials(number="0215551234") as call:
        await agrees(call)
        await call.presses("0")
        await _hears_read_back(call, "0215551234")
        await call.presses("1")
        await call.hears("promise-soon")

    assert (await ledger.ticket(call)).phone == "+62215551234"


@crowd.joins
async def test_numbers_that_cannot_be_called_are_refused(caller: Caller, ledger: Ledger) -> None:
    async def tries(keys: str) -> None:
        async with caller.dials() as call:
            await reaches_the_number(call)
            await call.hears("number-right")
            await call.presses("2")
            await call.hears("number-enter")
            await call.presses(keys, gap=0.05)
            await call.hears("number-wrong", "number-enter", timeout=20)
            await call.presses("081355554444#", gap=0.05)
            await _hears_read_back(call, "081355554444")

    short, long, abroad, letters = (
        "081#",
        "08123456789012345678#",
        "00441632960961#",
        "0812D4567890#",
    )
    await asyncio.gather(*map(tries, (short, long, abroad, letters)))


@crowd.joins
async def test_after_three_wrong_numbers_the_callers_own_is_taken(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(number="081377776666") as call:
        await reaches_the_number(call)
        await call.hears("number-right")
        await call.presses("2")
        for _ in range(2):
            await call.hears("number-enter")
            await call.presses("1#")
            await call.hears("number-wrong")
        await call.hears("promise-soon")

    assert (await ledger.ticket(call)).phone == "+6281377776666"
    assert Step("number", "assumed", "") in await ledger.steps(call)


@crowd.joins
async def test_a_hash_first_is_no_number(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials(number="anonymous") as call:
        await agrees(call)
        await call.presses("0")
        await call.hears("number-enter", timeout=25)
        await call.presses("#")
        await call.hears("silence", "number-enter")
        await call.presses("081366665555#", gap=0.05)
        await _hears_read_back(call, "081366665555")
        await call.presses("1")
        await call.hears("promise-soon")

    assert (await ledger.ticket(call)).phone == "+6281366665555"


@crowd.joins
async def test_without_a_number_the_ticket_is_followed_by_its_pin(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(number="anonymous") as call:
        await agrees(call)
        await call.presses("0")
        await call.hears("number-enter", timeout=25)
        await call.presses("*#")
        await call.hears("promise-no-number")
        number, _ = await is_told_ticket(call)

    ticket = await ledger.ticket(call)
    assert (ticket.number, ticket.phone, ticket.due) == (number, None, None)
    row = await ledger.row(call)
    assert (row.caller, row.phone) == ("anonymous", None)


@crowd.joins
async def test_whoever_cannot_press_keys_is_called_on_their_own_number(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials(number="081344443333") as call:
        await reaches_the_number(call)
        for _ in range(2):
            await call.hears("number-we-call", timeout=35)
        await call.hears("promise-soon", timeout=35)

    assert (await ledger.ticket(call)).phone == "+6281344443333"


@crowd.joins
async def test_asking_twice_confirms_the_one_request(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials(number="081322221111") as first:
        told = await asks_for_a_callback(first)
    await ledger.row(first)

    async with caller.dials(OPEN, number="+6281322221111") as second:
        await reaches_the_number(second)
        await second.hears("number-right")
        await second.presses("1")
        await second.hears("promise-known")

    assert (await ledger.row(second)).outcome == "promise"
    assert [ticket.number for ticket in await ledger.tickets(first, second)] == [told[0]]
    rows = await ledger.fetch("SELECT state FROM callback WHERE phone = $1", e164("081322221111"))
    # The line is open, so that the dialler has claimed it by now, or will.
    (row,) = rows
    assert row["state"] in ("waiting", "claimed")
