"""What is not ours: other programs' calls on the PBX, and a call's state that we did not write."""

import asyncio
import json
import signal
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator

import pytest

from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.faults import quick_line
from tests.faults.logbook import Logbook

DIALPLAN = """\
[of-another-program]
exten => agi,1,Answer()
 same => n,AGI(agi:async)
 same => n,Wait(600)
exten => other,1,Wait(600)
"""
FORGED = {
    "noise": "%%%",
    "no-json": urlsafe_b64encode(b"no json").decode(),
    "no-mapping": urlsafe_b64encode(b"[1, 2]").decode(),
    "wrong-values": urlsafe_b64encode(
        json.dumps({"call": 5, "flow": [], "began": "now", "outcome": "rich"}).encode()
    ).decode(),
}


@pytest.fixture
async def strangers_channel(hotline: Hotline) -> AsyncIterator[str]:
    """A call that another program leads by AsyncAGI, on the same PBX."""
    await quick_line.serves(hotline)
    more = hotline.installation.state.asterisk / "etc" / "extensions_more.conf"
    more.write_text(DIALPLAN)
    hotline.installation.console("dialplan reload")
    hotline.installation.console("module load res_clioriginate.so")
    hotline.installation.console(
        "channel originate Local/agi@of-another-program extension other@of-another-program"
    )
    async with asyncio.timeout(10):
        while True:
            if found := _in_async_agi(hotline):
                break
            await asyncio.sleep(0.05)
    yield found[0]
    hotline.installation.console(f"channel request hangup {found[0]}")
    more.unlink()
    hotline.installation.console("module unload res_clioriginate.so")
    hotline.installation.console("dialplan reload")


def _in_async_agi(hotline: Hotline) -> list[str]:
    """The other program's channels that wait for its commands."""
    listed = hotline.installation.console("core show channels concise").splitlines()
    channels = [line.split("!") for line in listed]
    return [
        channel[0]
        for channel in channels
        if channel[1:3] == ["of-another-program", "agi"] and channel[5] == "AGI"
    ]


async def test_another_programs_call_is_left_alone_also_by_a_restart(
    caller: Caller, ledger: Ledger, strangers_channel: str
) -> None:
    hotline = caller.hotline
    [(before,)] = await ledger.fetch("SELECT count(*) FROM call")
    await hotline.stops_service(signal.SIGKILL)
    await hotline.starts_service()
    async with caller.rings() as call:
        await call.hears("main-menu")
        assert _in_async_agi(hotline) == [strangers_channel]
    await ledger.row(call)

    assert _in_async_agi(hotline) == [strangers_channel]
    [(after,)] = await ledger.fetch("SELECT count(*) FROM call")
    assert after == before + 1


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_call_whose_state_cannot_be_read_starts_anew(
    caller: Caller, ledger: Ledger, forged: str
) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    async with caller.rings() as call:
        await call.hears("main-menu")
        await call.presses("0")
        await call.hears("closed-menu")
        await hotline.stops_service(signal.SIGKILL)
        _write_state(hotline, forged)
        log = Logbook(hotline)
        await hotline.starts_service()
        await call.hears("main-menu")
        await call.presses("0")
        await call.hears("closed-menu")

    assert (await log.tells("call.state_unreadable"))["remedy"] == "the call starts anew"
    assert (await ledger.row(call)).last_step == "busy"


def _write_state(hotline: Hotline, text: str) -> None:
    listed = hotline.installation.console("core show channels concise").splitlines()
    [channel] = [line.split("!")[0] for line in listed if "!saluran-in!" in line]
    hotline.installation.console(f"dialplan set chanvar {channel} IVR_STATE {text}")
