"""Our own mistakes within a call: told to the caller, logged with the call, and no other's loss."""

from ivr.ids import call_id
from scripts.caller import Call
from scripts.caller.sounds import tone
from tests.calls.callers import Caller, e164
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger, Step
from tests.faults import quick_line
from tests.faults.logbook import Logbook

crowd = Crowd()


async def _id_of(ledger: Ledger, call: Call) -> str:
    [row] = await ledger.fetch("SELECT pbx, uniqueid FROM call WHERE dialled = $1", call.dialled)
    return str(call_id(row["pbx"], row["uniqueid"]))


@crowd.joins
async def test_an_error_is_told_logged_and_leads_to_a_callback(
    caller: Caller, ledger: Ledger
) -> None:
    await quick_line.serves(caller.hotline)
    log = Logbook(caller.hotline)
    async with caller.rings(number="081211110001") as call:
        await call.hears("main-menu")
        await call.presses("9")
        await call.hears("apology", "closed-menu")
        await call.presses("1")
        await call.hears("number-we-call")
        await call.presses("1")
        await call.hears("promise-soon", "ticket-number")

    ticket = await ledger.ticket(call)
    assert (ticket.phone, ticket.reason) == (e164("081211110001"), "request")
    assert Step("broken", "error", "") in await ledger.steps(call)
    error = await log.tells("call.error", call=await _id_of(ledger, call))
    assert error["step"] == "broken"
    assert "CommandFailed" in str(error["exception"])


@crowd.joins
async def test_an_error_in_one_call_is_not_heard_in_another(caller: Caller, ledger: Ledger) -> None:
    await quick_line.serves(caller.hotline)
    async with caller.rings() as other:
        await other.hears("main-menu")
        async with caller.rings() as call:
            await call.hears("main-menu")
            await call.presses("9")
            await call.hears("apology")
        await other.presses("0")
        await other.hears("closed-menu")

    steps = await ledger.steps(other)
    assert [step.event for step in steps if step.event in ("error", "readopted")] == []
    assert steps[-1].step == "busy"


@crowd.joins
async def test_after_a_second_error_the_callers_number_is_kept_as_a_ticket(
    caller: Caller, ledger: Ledger
) -> None:
    await quick_line.serves(caller.hotline)
    async with caller.rings(number="081211110002") as call:
        await _fails_twice(call)
        await call.hears("apology", "promise-soon", "goodbye")
        await call.ends()

    ticket = await ledger.ticket(call)
    assert (ticket.phone, ticket.category) == (e164("081211110002"), "UMUM")
    assert ticket.due is not None
    assert (await ledger.row(call)).outcome == "promise"


@crowd.joins
async def test_without_a_number_the_second_error_is_a_failed_call(
    caller: Caller, ledger: Ledger
) -> None:
    await quick_line.serves(caller.hotline)
    async with caller.rings(number="anonymous") as call:
        await _fails_twice(call)
        await call.hears("apology", "goodbye")
        await call.ends()

    assert await ledger.tickets(call) == []
    assert (await ledger.row(call)).outcome == "failed"


@crowd.joins
async def test_a_promise_that_was_made_before_the_errors_stays_the_only_one(
    caller: Caller, ledger: Ledger
) -> None:
    await quick_line.serves(caller.hotline)
    async with caller.rings(number="081211110003") as call:
        await quick_line.leaves_number_and_message(call, tone(440, 1.0))
        await call.presses("1")
        await call.hears("message-offer")
        await call.presses("9")
        await call.hears("apology", "closed-menu")
        await call.presses("9")
        await call.hears("apology", "promise-soon", "goodbye")
        await call.ends()

    assert (await ledger.ticket(call)).reason == "request"
    assert (await ledger.row(call)).outcome == "promise"


async def _fails_twice(call: Call) -> None:
    await call.hears("main-menu")
    await call.presses("9")
    await call.hears("apology", "closed-menu")
    await call.presses("9")
