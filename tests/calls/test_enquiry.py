"""How a ticket stands: told to whoever has number and PIN, and to nobody who tries them out."""

from tests.calls.callers import Caller, agrees, enquires, is_told_ticket, reaches_the_number
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger, Step

crowd = Crowd()

TRIES = 5
"""Wrong ones that a caller has in an hour."""


async def _ticket(caller: Caller, ledger: Ledger) -> tuple[str, str]:
    """Number and PIN of a new ticket."""
    async with caller.dials() as call:
        await reaches_the_number(call)
        await call.hears("number-right")
        await call.presses("1")
        told = await is_told_ticket(call)
    await ledger.row(call)
    return told


def _wrong(pin: str, nth: int = 1) -> str:
    return f"{(int(pin) + nth) % 10000:04}"


@crowd.joins
async def test_a_ticket_is_told_to_whoever_has_number_and_pin(
    caller: Caller, ledger: Ledger
) -> None:
    number, pin = await _ticket(caller, ledger)

    async with caller.dials() as call:
        await agrees(call)
        await call.presses("5")
        assert await enquires(call, number, _wrong(pin)) == "enquiry-unknown"
        assert await enquires(call, "26999990", pin) == "enquiry-unknown"
        assert await enquires(call, number, pin) == "enquiry-report"
        assert await call.reads_digits(8) == number
        await call.hears("status-baru", "enquiry-callback", "enquiry-change")
        await call.presses("3")
        await call.hears("more")

    assert (await ledger.row(call)).outcome == "information"
    assert Step("enquiry", "informed", "") in await ledger.steps(call)


@crowd.joins
async def test_whoever_tries_out_pins_is_not_told_even_with_the_right_one(
    caller: Caller, ledger: Ledger
) -> None:
    number, pin = await _ticket(caller, ledger)
    tried = [*(_wrong(pin, nth) for nth in range(1, TRIES + 1)), pin]

    for three in (tried[:3], tried[3:]):
        async with caller.dials(number="081300009999") as call:
            await agrees(call)
            await call.presses("5")
            for guess in three:
                assert await enquires(call, number, guess) == "enquiry-unknown"
            await call.hears("all-busy")

    found = await ledger.fetch(
        "SELECT result FROM ticket_enquiry WHERE caller = $1 ORDER BY at", "+6281300009999"
    )
    assert [row["result"] for row in found] == ["wrong"] * TRIES + ["locked"]


@crowd.joins
async def test_silence_instead_of_a_ticket_number_leads_to_an_officer(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("5")
        for _ in range(3):
            await call.hears("enquiry-number", timeout=25)
            await call.presses("#")
        await call.hears("all-busy")

    events = [step.event for step in await ledger.steps(call) if step.step == "enquiry"]
    assert events == ["entered", "silence", "silence", "silence", "gave_up"]
