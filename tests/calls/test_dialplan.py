"""Who gets a call when: the gate, the lease, resume, and what the service may do on the PBX."""

import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from scripts.caller import Phone
from tests.calls.lone_fixtures import CALLER
from tests.calls.lone_pbx import LonePbx
from tests.calls.raw_ami import RawAmi


def service(pbx: LonePbx) -> AbstractAsyncContextManager[RawAmi]:
    """An AMI session with the rights of the service, and none of its wits."""
    ami = pbx.installation.endpoints["ami"]
    return RawAmi.session(ami["port"], ami["user"], ami["secret"])


async def test_a_service_that_is_there_and_never_acts_loses_the_call_to_the_pbx(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        await ami.event("AsyncAGIStart")
        await call.hears("fallback-open")
    assert ("why", "lease") in await pbx.story()


async def test_a_call_whose_commands_all_fail_is_offered_five_times_and_then_kept_by_the_pbx(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        for _ in range(5):
            started = await ami.event("AsyncAGIStart")
            await ami.agi(started["Channel"], "STREAM FILE no-such-sound 0")
            await ami.event("AsyncAGIEnd")
        await call.hears("fallback-open")
    assert ("why", "failed") in await pbx.story()


async def test_a_call_that_was_served_is_hung_up_and_leaves_nothing(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        started = await ami.event("AsyncAGIStart")
        await ami.agi(started["Channel"], "SET VARIABLE IVR_DONE 1")
        await ami.agi(started["Channel"], "ASYNCAGI BREAK")
        await call.ends()
        await ami.event("Hangup")
    assert pbx.files() == []


async def test_a_service_that_lets_go_of_a_call_unserved_leaves_it_to_the_pbx(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        started = await ami.event("AsyncAGIStart")
        await ami.agi(started["Channel"], "ASYNCAGI BREAK")
        await call.hears("fallback-open")
    assert ("why", "failed") in await pbx.story()


async def test_a_redirect_to_resume_offers_the_same_call_again_with_its_state(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER):
        started = await ami.event("AsyncAGIStart")
        channel = started["Channel"]
        await ami.ask("Setvar", Channel=channel, Variable="IVR_STATE", Value="menu")
        to = {"Context": "saluran-in", "Exten": "resume", "Priority": "1"}
        assert (await ami.ask("Redirect", Channel=channel, **to))["Response"] == "Success"
        again = await ami.event("AsyncAGIStart")
        assert again["Uniqueid"] == started["Uniqueid"]
        state = await ami.ask("Getvar", Channel=channel, Variable="IVR_STATE")
        assert state["Value"] == "menu"


async def test_a_command_with_a_longer_lease_is_not_cut_by_the_first_one(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER):
        started = await ami.event("AsyncAGIStart")
        longer = await ami.ask("AbsoluteTimeout", Channel=started["Channel"], Timeout="60")
        assert longer["Response"] == "Success"
        await ami.agi(started["Channel"], "SET VARIABLE IVR_STATE met")
        await ami.agi(started["Channel"], "EXEC Wait 5")
        await ami.event("AsyncAGIExec")
    assert pbx.files() == []


async def test_a_caller_who_holds_a_promise_gets_no_second_one(pbx: LonePbx, phone: Phone) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        started = await ami.event("AsyncAGIStart")
        await ami.agi(started["Channel"], "SET VARIABLE IVR_PROMISED 1")
        await call.hears("apology", "promise-known")
        await call.ends()
    assert await pbx.steps() == ["promised=1", "end=1"]


@pytest.mark.parametrize("dialled", ["resume", "T", "h"])
async def test_dialling_a_name_of_the_dialplan_leads_nowhere_else(
    pbx: LonePbx, phone: Phone, dialled: str
) -> None:
    try:
        async with phone.dials(dialled, caller=CALLER) as call:
            await call.hears("fallback-open")
    except ConnectionError:
        assert dialled == "h"
    else:
        assert (await pbx.steps())[0] == "hours=open"


# Rights


async def test_the_service_hears_of_its_calls_and_of_nothing_else(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        started = await ami.event("AsyncAGIStart")
        await ami.agi(started["Channel"], "EXEC Playback saluran/apology")
        await ami.event("AsyncAGIExec")
        await call.hangs_up()
        await ami.event("AsyncAGIEnd")
        await ami.event("Hangup")
        await ami.ask("Ping")
        assert ami.events == []


@pytest.mark.parametrize(
    "action",
    ["Command", "UpdateConfig", "CreateConfig", "UserEvent", "MessageSend"],
)
async def test_the_service_may_do_nothing_that_it_does_not_need(pbx: LonePbx, action: str) -> None:
    async with service(pbx) as ami:
        answer = await ami.ask(action)
    assert (answer["Response"], answer["Message"]) == ("Error", "Permission denied")


def test_the_operators_guide_fills_every_place_of_the_snippets_and_no_other() -> None:
    places = {
        name
        for path in Path("config/asterisk").glob("*.conf")
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith(";")
        for name in re.findall(r"@([A-Z_]+)@", line)
    }
    guide = Path("docs/operate.md").read_text(encoding="utf-8")
    assert places == set(re.findall(r"s\|@([A-Z_]+)@\|", guide))
