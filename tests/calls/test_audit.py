"""After all the other calls: Asterisk's own records against our rows."""

from tests.calls.callers import Caller
from tests.calls.ledger import Ledger


async def test_every_call_of_the_pbx_has_its_one_row(caller: Caller, ledger: Ledger) -> None:
    async with caller.dials() as call:
        await call.hears("consent")
    await ledger.row(call)
    await ledger.all_ended()

    found = await caller.hotline.audit()

    assert found["one_to_one"], found
    assert found["records"] >= len(caller.calls)
