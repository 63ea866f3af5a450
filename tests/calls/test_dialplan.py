"""The PBX's side of the line: who gets a call when, and what it does when nobody takes it."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from baresip import StaleHandleError

from config.calendar import WIB
from ivr import hours_file
from scripts.caller import Call, Phone
from scripts.caller.sounds import read_wav, tone, tone_share
from tests.calls.lone_pbx import LonePbx, running
from tests.calls.raw_ami import RawAmi

CALLER = "081234567890"
READ_BACK = ("number-we-call", "pair/08", "pair/12", "pair/34", "pair/56", "pair/78", "pair/90")
Days = dict[date, hours_file.Intervals]
TODAY = datetime.now(WIB).date()
DAYS = [TODAY + timedelta(days=n) for n in range(-1, 3)]
OPEN: Days = {day: ((time(0), time(0)),) for day in DAYS}
CLOSED: Days = dict.fromkeys(DAYS, ())


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LonePbx]:
    with running(tmp_path_factory.mktemp("pbx") / "s") as lone:
        yield lone


@pytest.fixture(scope="module")
async def phone(pbx: LonePbx) -> AsyncIterator[Phone]:
    async with pbx.phone() as phone:
        yield phone


@pytest.fixture(autouse=True)
def _a_fresh_folder(pbx: LonePbx) -> None:
    for path in pbx.files():
        path.unlink()
    hours_file.publish(pbx.shared / "hours", OPEN, ["hours-open"])
    hours_file.publish_closures(pbx.shared / "hours", [], datetime.now(UTC))


def service(pbx: LonePbx) -> AbstractAsyncContextManager[RawAmi]:
    """An AMI session with the rights of the service, and none of its wits."""
    ami = pbx.installation.endpoints["ami"]
    return RawAmi.session(ami["port"], ami["user"], ami["secret"])


async def story(pbx: LonePbx) -> list[tuple[str, str]]:
    """What the PBX noted of the one call that it had, once that is over."""
    path = await pbx.noted("end=1")
    assert pbx.files() == [path]
    lines = path.read_text(encoding="ascii").splitlines()
    found = [re.fullmatch(r"\d+ ([a-z]+)=(\S*)\|", line) for line in lines]
    return [(line[1], unquote(line[2])) for line in found if line]


async def steps(pbx: LonePbx) -> list[str]:
    """The same without the call's particulars."""
    told = await story(pbx)
    assert [key for key, _ in told[:4]] == ["uniqueid", "caller", "dialled", "why"]
    return [f"{key}={value}" for key, value in told[4:] if key != "message"]


# The gate and the lease


async def test_without_a_service_the_pbx_takes_number_and_message(
    pbx: LonePbx, phone: Phone
) -> None:
    async with phone.dials(caller=CALLER) as call:
        await call.hears("fallback-open", *READ_BACK, "number-right")
        await call.presses("1")
        await call.hears("fallback-message", whole=True)
        call.speaks(bytes(16_000))
        await call.presses("#")
        await call.hears("fallback-thanks")
        await call.ends()
    told = dict(await story(pbx))
    assert (told["caller"], told["dialled"], told["why"]) == (CALLER, "1500587", "gate")
    assert (told["number"], told["confirmed"], told["recorded"]) == (CALLER, "1", "DTMF")
    assert (pbx.shared / "messages" / f"{told['message']}.wav").read_bytes()[:4] == b"RIFF"


async def test_a_service_that_is_there_and_never_acts_loses_the_call_to_the_pbx(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        await ami.event("AsyncAGIStart")
        await call.hears("fallback-open")
    assert ("why", "lease") in await story(pbx)


async def test_a_call_whose_commands_all_fail_is_offered_five_times_and_then_kept_by_the_pbx(
    pbx: LonePbx, phone: Phone
) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        for _ in range(5):
            started = await ami.event("AsyncAGIStart")
            await ami.agi(started["Channel"], "STREAM FILE no-such-sound 0")
            await ami.event("AsyncAGIEnd")
        await call.hears("fallback-open")
    assert ("why", "failed") in await story(pbx)


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
    assert ("why", "failed") in await story(pbx)


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
        await ami.agi(started["Channel"], "EXEC Wait 5")
        await ami.event("AsyncAGIExec")
    assert pbx.files() == []


async def test_a_caller_who_holds_a_promise_gets_no_second_one(pbx: LonePbx, phone: Phone) -> None:
    async with service(pbx) as ami, phone.dials(caller=CALLER) as call:
        started = await ami.event("AsyncAGIStart")
        await ami.agi(started["Channel"], "SET VARIABLE IVR_PROMISED 1")
        await call.hears("apology", "promise-known")
        await call.ends()
    assert await steps(pbx) == ["promised=1", "end=1"]


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
        assert (await steps(pbx))[0] == "hours=open"


# The hours


async def test_a_closed_line_says_its_hours_and_still_takes_the_request(
    pbx: LonePbx, phone: Phone
) -> None:
    hours_file.publish(pbx.shared / "hours", CLOSED, ["hours-open"])
    async with phone.dials(caller=CALLER) as call:
        await call.hears("closed", "hours-open", "number-we-call")
    assert (await steps(pbx))[0] == "hours=closed"


async def test_a_break_is_closed(pbx: LonePbx, phone: Phone) -> None:
    now = datetime.now(WIB)
    before, after = (now - timedelta(minutes=2)).time(), (now + timedelta(minutes=5)).time()
    days: Days = {day: ((time(0), before), (after, time(0))) for day in DAYS}
    hours_file.publish(pbx.shared / "hours", days, [])
    async with phone.dials(caller=CALLER) as call:
        await call.hears("closed", "number-we-call")
    assert (await steps(pbx))[0] == "hours=closed"


async def test_an_emergency_closes_an_open_line(pbx: LonePbx, phone: Phone) -> None:
    now = datetime.now(UTC)
    over = (now - timedelta(days=2), now - timedelta(days=1), "over")
    hours_file.publish_closures(pbx.shared / "hours", [over, (now, None, "flood")], now)
    async with phone.dials(caller=CALLER) as call:
        await call.hears("closed-emergency", "number-we-call")
    assert (await steps(pbx))[0] == "hours=emergency"


async def test_without_hours_the_pbx_speaks_of_none_and_takes_the_request(
    pbx: LonePbx, phone: Phone
) -> None:
    hours_file.publish(pbx.shared / "hours", {}, [])
    async with phone.dials(caller=CALLER) as call:
        await call.hears("apology", "number-we-call")
    assert (await steps(pbx))[0] == "hours=unknown"


async def test_the_pbx_follows_the_clock_of_a_rehearsal(pbx: LonePbx, phone: Phone) -> None:
    ahead = timedelta(days=100)
    there = datetime.now(WIB) + ahead
    days: Days = {there.date() + timedelta(days=n): ((time(0), time(0)),) for n in (0, 1)}
    hours_file.publish(pbx.shared / "hours", days, [])
    with pbx.clock_ahead(int(ahead.total_seconds())):
        async with phone.dials(caller=CALLER) as call:
            await call.hears("fallback-open")
        path = await pbx.noted("hours=open")
    noted = int(path.read_text(encoding="ascii").split()[0])
    assert 0 <= noted - int(there.timestamp()) < 60


# The number


@pytest.mark.parametrize("wrong", [("123#", "08123456789012345678"), ("001442071838750#", "AB#")])
async def test_another_number_is_asked_again_until_it_can_be_called(
    pbx: LonePbx, phone: Phone, wrong: tuple[str, str]
) -> None:
    async with phone.dials(caller=CALLER) as call:
        await call.hears("number-right")
        await call.presses("2")
        for keys in wrong:
            await call.hears("number-enter", whole=True)
            await call.presses(keys)
        await call.hears("number-enter", whole=True)
        await call.presses("62215551234#")
        await call.hears("number-we-call", "pair/02", "pair/15", "pair/55", "pair/12", "pair/34")
    assert (await steps(pbx))[1:] == [f"number={CALLER}", "number=0215551234", "end=1"]


async def test_an_odd_last_digit_is_read_alone(pbx: LonePbx, phone: Phone) -> None:
    async with phone.dials(caller="+6281234567891") as call:
        await call.hears("number-we-call", "pair/08", "pair/12", "pair/34", "pair/56", "pair/78")
        await call.hears("pair/91", "number-right")
        await call.presses("2")
        await call.hears("number-enter")
        await call.presses("02155512345#")
        await call.hears("pair/02", "pair/15", "pair/55", "pair/12", "pair/34", "digit/5")


async def test_a_caller_may_go_on_without_a_number(pbx: LonePbx, phone: Phone) -> None:
    async with phone.dials(caller="anonymous") as call:
        await call.hears("fallback-open", "number-enter")
        await call.presses("*#")
        await call.hears("fallback-message")
    assert "number=" in await steps(pbx)


async def test_a_flood_of_keys_leads_to_an_end(pbx: LonePbx, phone: Phone) -> None:
    async with phone.dials(caller=CALLER) as call:
        with suppress(StaleHandleError):  # the PBX may be through with the call before we are
            await call.presses("#39D*8A0#" * 9, gap=0.02)
        await call.ends(60)
    assert (await steps(pbx))[-1] == "end=1"


HOSTILE = [
    "",
    "anonymous",
    "8" * 40,
    "0812%0D%0A1%20end%3D1%7C",
    "%22%2C0812%22",
    "0812%29%2CSystem%28touch%20x%29",
    "%24%7BSHELL%28id%29%7D%24%5B1%2B1%5D",
    "%E2%80%A8Channel%3A%20x",
    "%F0%9F%98%80",
    "%27%28%28%5C%5C",
    "0812%7Cx=1",
]


@pytest.mark.parametrize("user", HOSTILE)
async def test_no_caller_number_can_forge_a_line_or_be_called_back(
    pbx: LonePbx, phone: Phone, user: str
) -> None:
    identity = {"P-Asserted-Identity": f"<sip:{user}@127.0.0.1>"} if user else {}
    async with phone.dials(caller=CALLER if user else "anonymous", headers=identity) as call:
        await call.hears("fallback-open", "number-enter")
    told = await story(pbx)
    keys = [key for key, _ in told]
    assert keys == ["uniqueid", "caller", "dialled", "why", "hours", "end"]
    assert told[1][1] == (unquote(user)[:80] or "anonymous")


# Hanging up


async def _at_once(call: Call) -> None:
    await call.hears("fallback-open")


async def _at_the_number(call: Call) -> None:
    await call.hears("number-right")


async def _at_another_number(call: Call) -> None:
    await _at_the_number(call)
    await call.presses("2")
    await call.hears("number-enter")


async def _at_the_message(call: Call) -> None:
    await _at_the_number(call)
    await call.presses("1")
    await call.hears("fallback-message")


@pytest.mark.parametrize(
    ("until", "last"),
    [
        (_at_once, "hours=open"),
        (_at_the_number, f"number={CALLER}"),
        (_at_another_number, f"number={CALLER}"),
        (_at_the_message, "confirmed=1"),
    ],
)
async def test_hanging_up_leaves_what_was_known(
    pbx: LonePbx, phone: Phone, until: Callable[[Call], Awaitable[None]], last: str
) -> None:
    async with phone.dials(caller=CALLER) as call:
        await until(call)
    assert (await steps(pbx))[-2:] == [last, "end=1"]


async def test_a_message_is_kept_when_the_caller_hangs_up_while_speaking(
    pbx: LonePbx, phone: Phone
) -> None:
    async with phone.dials(caller=CALLER) as call:
        await _at_the_message(call)
        recording = pbx.shared / "messages"
        call.speaks(tone(440, 3))
        name = (await pbx.noted("message=")).stem
        await _grows(recording / f"{name}.wav", 8_000)
    assert dict(await story(pbx))["message"] == name
    assert tone_share(read_wav(recording / f"{name}.wav"), 440) > 0.9


async def _grows(path: Path, size: int) -> None:
    def large() -> bool:
        return path.exists() and path.stat().st_size >= size

    async with asyncio.timeout(10):
        while not await asyncio.to_thread(large):  # noqa: ASYNC110 — the PBX tells nobody
            await asyncio.sleep(0.05)


async def test_a_call_that_cannot_be_noted_is_served_all_the_same(
    pbx: LonePbx, phone: Phone
) -> None:
    fallback = pbx.shared / "fallback"
    away = fallback.rename(fallback.with_name("away"))
    try:
        async with phone.dials(caller=CALLER) as call:
            await call.hears("fallback-open", "number-right")
            await call.presses("1")
            await call.hears("fallback-message")
    finally:
        away.rename(fallback)
    assert pbx.files() == []


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


def test_no_snippet_is_left_with_a_place_that_nobody_fills() -> None:
    names = {
        name
        for path in Path("config/asterisk").glob("*.conf")
        for line in path.read_text(encoding="utf-8").splitlines()
        for name in re.findall(r"@([A-Z_]+)@", line)
    }
    assert names == {"NAME", "AMI_USER", "AMI_SECRET", "STATE_PBX", "CLOCK_OFFSET"}
