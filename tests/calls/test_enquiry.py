"""How a ticket stands: told to whoever has number and PIN, and to nobody who tries them out."""

from scripts.caller import Call
from tests.calls.callers import Caller, agrees, asks_for_a_callback
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger, Step

crowd = Crowd()

TRIES = 5
"""Wrong ones that a caller has in an hour."""


async def _enquires(call: Call, number: str, pin: str) -> str:
    """Number and PIN are keyed when they are asked for; what is then heard."""
    await call.hears("enquiry-number", timeout=25)
    await call.presses(f"{number}#", gap=0.05)
    await call.hears("enquiry-pin")
    await call.presses(f"{pin}#", gap=0.05)
    return await call.hears_one_of(["enquiry-report", "enquiry-unknown"])


@crowd.joins
async def test_a_ticket_is_told_to_its_caller_and_guarded_from_others(
    caller: Caller, ledger: Ledger
) -> None:
    async with caller.dials() as first:
        number, pin = await asks_for_a_callback(first)
    await ledger.row(first)
    wrong = f"{(int(pin) + 1) % 10000:04}"

    async with caller.dials() as owner:
        await agrees(owner)
        await owner.presses("5")
        assert await _enquires(owner, number, wrong) == "enquiry-unknown"
        assert await _enquires(owner, "26999990", pin) == "enquiry-unknown"
        assert await _enquires(owner, number, pin) == "enquiry-report"
        assert await owner.reads_digits(8) == number
        await owner.hears("status-baru", "enquiry-callback", "more")
    assert (await ledger.row(owner)).outcome == "information"
    assert Step("enquiry", "informed", "") in await ledger.steps(owner)

    # Another caller who tries out PINs is not answered any more, not even to the right one.
    for attempt in range(0, TRIES + 1, 3):
        async with caller.dials(number="081300009999") as stranger:
            await agrees(stranger)
            await stranger.presses("5")
            for guess in range(attempt, attempt + 3):
                tried = pin if guess >= TRIES else f"{(int(pin) + 1 + guess) % 10000:04}"
                assert await _enquires(stranger, number, tried) == "enquiry-unknown"
            await stranger.hears("all-busy")
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
