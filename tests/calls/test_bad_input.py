"""What a network may send as the caller: everybody is served, and nothing breaks out."""

import asyncio

from tests.calls.callers import Caller, agrees
from tests.calls.crowd import Crowd
from tests.calls.ledger import Ledger

crowd = Crowd()

HOST = "@127.0.0.1>"
CALLERS = {
    # name: the identity that the trunk asserts, and what its row then says
    "empty": ("<sip:127.0.0.1>", None),
    "anonymous": (f'"Anonymous" <sip:anonymous{HOST}', "anonymous"),
    "forty digits": (f"<sip:{'9' * 40}{HOST}", "9" * 40),
    "line breaks": (f"<sip:62812%0D%0AAction%3A%20Logoff{HOST}", "62812\ufffd"),
    "quotes": (f"<sip:%22812%22%27%27{HOST}", "\"812\"''"),
    "a line separator": (f'"U\u2028Channel: PJSIP/x" <sip:%E2%80%A8812{HOST}', "\ufffd812"),
    "an emoji": (f"<sip:%F0%9F%98%80{HOST}", "😀"),
    "dialplan": (f"<sip:$%7BSHELL(id)%7D%2C%26{HOST}", "${SHELL(id)},&"),
}


@crowd.joins
async def test_every_caller_id_is_served_and_written_down_in_one_line(
    caller: Caller, ledger: Ledger
) -> None:
    async def rings(name: str) -> None:
        identity, written = CALLERS[name]
        async with caller.dials(headers={"P-Asserted-Identity": identity}) as call:
            await agrees(call)
            await call.presses("0")
            await call.hears("number-enter", timeout=25)
            await call.presses("081255556666#", gap=0.05)
            await call.hears("number-we-call")
        row = await ledger.row(call)
        assert row.phone is None, name
        if written is not None:
            assert row.caller.startswith(written), name
        assert len(row.caller.splitlines()) <= 1, name

    async with asyncio.TaskGroup() as callers:
        for name in CALLERS:
            callers.create_task(rings(name))
