"""Two callers want the last seat of a training at once: one has it, the other is on the waiting
list, and each hears which it is."""

import asyncio
from datetime import datetime, timedelta

from config.speech import WIB
from scripts.caller import Call
from tests.calls.callers import Caller, agrees, e164, number_of, says_goodbye
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger

crowd = Crowd()

BEGINS = datetime(2026, 12, 1, 9, tzinfo=WIB)
PLANNED = """
INSERT INTO training_session (
    id, title, city, starts_at, ends_at, zone, seats, made_by, made_at
)
VALUES (
    gen_random_uuid(), 'Menjahit', $1, $2, $2::timestamptz + interval '3 hours', $3, 1, 'test', $2
)
"""
SIGNUPS = """
SELECT signup.phone, signup.state, signup.told FROM training_signup AS signup
JOIN training_session AS session ON session.id = signup.session
WHERE session.city = 'Makassar' ORDER BY signup.state
"""


async def _wants_a_seat(caller: Caller, ready: asyncio.Barrier) -> tuple[Call, str]:
    """Hears the sessions, and asks for the first one's seat with others at the same moment."""
    async with caller.dials() as call:
        await agrees(call)
        await call.presses("4")
        await call.hears("training-menu")
        await call.presses("1")
        await call.hears("training-next", "clock/0900", "zone-wita", "city-makassar", timeout=25)
        await call.hears("training-sign-up", "slot-key-1")
        await ready.wait()
        await call.presses("1")
        heard = await call.hears_one_of(["training-seated", "training-waiting"])
        await call.hears("zone-wita", "city-makassar", timeout=25)
        await call.hears("training-remind" if heard == "training-seated" else "training-tell")
        await says_goodbye(call)
        return call, heard


@crowd.joins
async def test_the_last_seat_is_given_once_and_each_hears_how_it_stands(
    caller: Caller, ledger: Ledger
) -> None:
    await ledger.fetch(PLANNED, "Makassar", BEGINS - timedelta(hours=1), "WITA")
    ready = asyncio.Barrier(2)
    told = await asyncio.gather(*(_wants_a_seat(caller, ready) for _ in range(2)))

    states = {"training-seated": "seated", "training-waiting": "waiting"}
    by_heard = {states[heard]: e164(number_of(call)) for call, heard in told}
    for call, _ in told:
        assert (await ledger.row(call)).outcome == "information"
    assert by_heard.keys() == {"seated", "waiting"}
    rows = [tuple(row) for row in await ledger.fetch(SIGNUPS)]
    assert rows == [(by_heard[state], state, state) for state in ("seated", "waiting")]
