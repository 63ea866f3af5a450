"""Which number is called back: read back, corrected, entered, withheld."""

from tests.calls.callers import Caller, asks_for_a_callback
from tests.calls.ledger import Ledger


async def test_a_callback_request_becomes_a_ticket(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials(number="081298765432") as call:
        number, _pin = await asks_for_a_callback(call)

    ticket = await ledger.ticket(call)
    assert (ticket.number, ticket.category, ticket.phone) == (number, "UMUM", "+6281298765432")
