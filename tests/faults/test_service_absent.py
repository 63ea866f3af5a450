"""The service is away: the PBX alone takes the requests, and the next start imports them."""

import asyncio
from datetime import datetime

from config.speech import WIB
from scripts.caller import Call
from scripts.caller.sounds import tone
from tests.calls.callers import Caller, e164, own_number
from tests.calls.ledger import Ledger

CALLERS = 20


def _number(call: Call) -> str:
    return e164(own_number(int(call.dialled[-5:])))


async def test_twenty_requests_that_the_pbx_took_alone_are_imported_once(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    # So that the PBX knows the hours: the service writes them for it.
    await hotline.serves(datetime.now(WIB).strftime("%Y-%m-%d %H:%M"), "always")
    await hotline.stops_service()

    async def asks() -> Call:
        async with caller.rings() as call:
            await call.hears("fallback-open", "number-we-call", "number-right", timeout=25)
            await call.presses("1")
            await call.hears("fallback-message", whole=True)
            call.speaks(bytes(8000) + tone(440, 2))
            await call.has_spoken()
            await call.presses("#")
            await call.hears("fallback-thanks")
            return call

    calls = await asyncio.gather(*(asks() for _ in range(CALLERS)))
    await hotline.starts_service()

    tickets = await ledger.tickets(*calls)
    assert [ticket.channel for ticket in tickets] == ["fallback"] * CALLERS
    assert {ticket.phone for ticket in tickets} == {_number(call) for call in calls}
    assert {ticket.category for ticket in tickets} == {"UMUM"}
    assert {(await ledger.row(call)).flow for call in calls} == {"fallback"}
    assert await _recordings(ledger, calls) == CALLERS

    await hotline.stops_service()
    await hotline.starts_service()
    await ledger.all_ended()
    assert len(await ledger.tickets(*calls)) == CALLERS
    assert (await hotline.audit())["one_to_one"]


async def _recordings(ledger: Ledger, calls: list[Call]) -> int:
    rows = await ledger.fetch(
        "SELECT r.id FROM recording r JOIN call c ON c.id = r.call"
        " WHERE dialled = ANY($1) AND NOT silent",
        [call.dialled for call in calls],
    )
    return len(rows)
