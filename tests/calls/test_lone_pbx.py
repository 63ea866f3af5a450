"""What a caller hears while no service is there, and what the PBX notes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from baresip import StaleHandleError

from config.calendar import WIB
from ivr import hours_file
from scripts.caller import Call, Phone
from scripts.caller.sounds import read_wav, tone, tone_share
from tests.calls.lone_fixtures import CALLER, DAYS, Days
from tests.calls.lone_pbx import LonePbx

READ_BACK = ("number-we-call", "pair/08", "pair/12", "pair/34", "pair/56", "pair/78", "pair/90")
CLOSED: Days = dict.fromkeys(DAYS, ())


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
    told = dict(await pbx.story())
    assert (told["caller"], told["dialled"], told["why"]) == (CALLER, "1500587", "gate")
    assert (told["number"], told["confirmed"], told["recorded"]) == (CALLER, "1", "DTMF")
    assert (pbx.shared / "messages" / f"{told['message']}.wav").read_bytes()[:4] == b"RIFF"


# The hours


async def test_a_closed_line_says_its_hours_and_still_takes_the_request(
    pbx: LonePbx, phone: Phone
) -> None:
    hours_file.publish(pbx.shared / "hours", CLOSED, ["hours-open"])
    async with phone.dials(caller=CALLER) as call:
        await call.hears("closed", "hours-open", "number-we-call")
    assert (await pbx.steps())[0] == "hours=closed"


async def test_between_two_spans_the_line_is_closed_and_within_one_it_is_open(
    pbx: LonePbx, phone: Phone
) -> None:
    # At any time of the day, the other half of it is far away.
    early, late = (time(1), time(11)), (time(13), time(23))
    far = late if datetime.now(WIB).hour < 12 else early
    for spans, state in (((far, far), "closed"), ((far, (time(0), time(0))), "open")):
        hours_file.publish(pbx.shared / "hours", dict.fromkeys(DAYS, spans), [])
        async with phone.dials(caller=CALLER) as call:
            await call.hears("closed" if state == "closed" else "fallback-open")
        assert (await pbx.steps())[0] == f"hours={state}"
        pbx.files()[0].unlink()


async def test_an_emergency_closes_an_open_line(pbx: LonePbx, phone: Phone) -> None:
    now = datetime.now(UTC)
    over = (now - timedelta(days=2), now - timedelta(days=1), "over")
    hours_file.publish_closures(pbx.shared / "hours", [over, (now, None, "flood")], now)
    async with phone.dials(caller=CALLER) as call:
        await call.hears("closed-emergency", "number-we-call")
    assert (await pbx.steps())[0] == "hours=emergency"


async def test_without_hours_the_pbx_speaks_of_none_and_takes_the_request(
    pbx: LonePbx, phone: Phone
) -> None:
    hours_file.publish(pbx.shared / "hours", {}, [])
    async with phone.dials(caller=CALLER) as call:
        await call.hears("apology", "number-we-call")
    assert (await pbx.steps())[0] == "hours=unknown"


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
    assert (await pbx.steps())[1:] == [f"number={CALLER}", "number=0215551234", "end=1"]


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
    assert "number=" in await pbx.steps()


async def test_a_flood_of_keys_leads_to_an_end(pbx: LonePbx, phone: Phone) -> None:
    async with phone.dials(caller=CALLER) as call:
        with suppress(StaleHandleError):  # the PBX may be through with the call before we are
            await call.presses("#39D*8A0#" * 9, gap=0.02)
        await call.ends(60)
    assert (await pbx.steps())[-1] == "end=1"


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
    told = await pbx.story()
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
    assert (await pbx.steps())[-2:] == [last, "end=1"]


async def test_a_message_is_kept_when_the_caller_hangs_up_while_speaking(
    pbx: LonePbx, phone: Phone
) -> None:
    async with phone.dials(caller=CALLER) as call:
        await _at_the_message(call)
        recording = pbx.shared / "messages"
        call.speaks(tone(440, 3))
        name = (await pbx.noted("message=")).stem
        await _grows(recording / f"{name}.wav", 8_000)
    assert dict(await pbx.story())["message"] == name
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
        await pbx.idle()
    finally:
        away.rename(fallback)
    assert pbx.files() == []
