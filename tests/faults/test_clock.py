"""The wall clock jumps: nothing is lost, doubled or put out of order."""

import signal
from datetime import timedelta

import pytest

from scripts.caller import Call
from tests.calls.callers import Caller, e164
from tests.calls.hotline import OPEN
from tests.calls.ledger import Ledger, Step
from tests.faults import quick_line

LATER = "2026-11-26 10:00"
"""The next day, at the same time."""


async def test_the_service_lives_at_the_time_that_its_offset_says(
    caller: Caller, ledger: Ledger
) -> None:
    await quick_line.serves(caller.hotline, at=LATER)
    async with caller.rings() as call:
        await call.hears("main-menu")
    await ledger.row(call)
    [row] = await ledger.fetch("SELECT began_at FROM call WHERE dialled = $1", call.dialled)
    assert abs(row["began_at"] - caller.hotline.now()) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("before", "after"), [(OPEN, LATER), (LATER, OPEN)], ids=["forwards", "backwards"]
)
async def test_a_call_outlives_a_jump_of_the_clock(
    caller: Caller, ledger: Ledger, before: str, after: str
) -> None:
    """Forwards by a day, which no lease may take for its end, and backwards behind its begin."""
    phone = "081288880001" if after == LATER else "081288880002"
    await quick_line.serves(caller.hotline, at=before)
    async with caller.rings(number=phone) as call:
        await call.hears("main-menu")
        await call.presses("3")
        await call.hears("number-we-call")
        await caller.hotline.stops_service(signal.SIGKILL)
        await quick_line.serves(caller.hotline, at=after)
        await _goes_on(call)

    steps = await ledger.steps(call)
    assert steps[:2] == [Step("opening", "entered", ""), Step("main", "entered", "")]
    assert Step("called-back", "readopted", "") in steps
    assert [step.step for step in steps].index("called-back") < [step.step for step in steps].index(
        "message"
    )
    ticket = await ledger.ticket(call)
    assert (ticket.phone, ticket.reason) == (e164(phone), "request")
    row = await ledger.row(call)
    assert (row.outcome, row.last_step) == ("promise", "message")


async def _goes_on(call: Call) -> None:
    await call.hears("number-we-call")
    await call.presses("1")
    await call.hears("message-record")
