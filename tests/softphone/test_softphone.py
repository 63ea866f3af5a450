"""The phone in the page: a real Chromium, the real PBX, real callers, measured audio."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from playwright.async_api import BrowserContext, Dialog, expect

from scripts.caller import Call, Phone
from scripts.caller.sounds import Samples, tone, tone_share
from tests.faults.cut_link import Link
from tests.softphone.conftest import SPOKEN
from tests.softphone.phone_page import PhonePage
from tests.softphone.phone_pbx import AGENT, DIRECT, PATIENCE, QUEUED, PhonePbx

WAY = """
async (root) => {
  const told = [...(await root.softphone.line.talk._session.connection.getStats()).values()];
  const { selectedCandidatePairId: id, dtlsState } = told.find(({ type }) => type === "transport");
  const pair = told.find((one) => one.id === id);
  return {
    here: told.find((one) => one.id === pair.localCandidateId).address,
    there: told.find((one) => one.id === pair.remoteCandidateId).address,
    encrypted: dtlsState,
  };
}
"""
LABEL = "root => root.softphone.line.talk.microphoneTrack.label"
SINK = "chosen => chosen !== '' && softphone.querySelector('audio').sinkId === chosen"
CALLER = "081234567890"
HERTZ = 1100
"""What callers say."""


def agent_speaks(heard: Samples) -> bool:
    return float(heard.std()) > 300 and tone_share(heard, SPOKEN) > 0.6


def silence(heard: Samples) -> bool:
    return float(heard.std()) < 30


def music(heard: Samples) -> bool:
    return float(heard.std()) > 100 and tone_share(heard, SPOKEN) < 0.1


async def becomes(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if so():
                return
            await asyncio.sleep(0.05)


def noted(pbx: PhonePbx) -> str:
    """What the PBX noted of calls that it took alone."""
    folder = pbx.installation.state.folder / "pbx/fallback"
    return "".join(path.read_text(encoding="ascii") for path in sorted(folder.glob("*.txt")))


@asynccontextmanager
async def talk(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone, number: str = DIRECT
) -> AsyncIterator[Call]:
    """A call that the agent has answered; the caller speaks all the time."""
    answering = asyncio.create_task(softphone.answers())
    async with phone.dials(number, caller=CALLER) as call:
        await answering
        call.speaks(tone(HERTZ, 60))
        yield call
    await softphone.is_free()
    await pbx.idle()


async def test_the_page_is_the_agents_phone(pbx: PhonePbx, softphone: PhonePage) -> None:
    await softphone.says("Telepon siap")
    found = await pbx.until(f"pjsip show aor {AGENT}", rf"Contact:  {AGENT}/.*Avail")
    assert "transport=ws" in found.lower()
    assert softphone.complaints == []


async def test_a_caller_reaches_the_page_through_the_queue(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    ringing = asyncio.create_task(softphone.talks("ringing"))
    async with phone.dials(QUEUED, caller=CALLER) as call:
        await ringing
        await softphone.says(f"Telepon masuk dari {CALLER}", part="alert")
        assert (await softphone.notified())[-1] == f"Telepon masuk dari {CALLER}"
        await expect(softphone.part("answer")).to_be_focused()
        await softphone.page.keyboard.press("Alt+Shift+A")
        await softphone.talks("talking")
        await softphone.says(f"Berbicara dengan {CALLER}")
        assert (await softphone.notified())[-1] == "closed"
        call.speaks(tone(HERTZ, 30))
        await softphone.hears(HERTZ)
        await call.hears_sound(agent_speaks, 0.4)
        await softphone.hears(SPOKEN, "level-in")
        assert await softphone.part("level-out").evaluate("meter => meter.value") > 20
        await softphone.page.keyboard.press("Alt+Shift+E")
        await softphone.says("Panggilan selesai")
        await pbx.until("queue show umum", r"has taken 1 calls")
    await pbx.idle()


async def test_who_is_muted_or_holds_is_not_heard(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    async with talk(pbx, softphone, phone) as call:
        await call.hears_sound(agent_speaks, 0.4)
        await softphone.presses("mute")
        await softphone.says("Mikrofon mati")
        await expect(softphone.part("mute")).to_have_attribute("aria-pressed", "true")
        await call.hears_sound(silence, 1.5)
        await softphone.hears(HERTZ)
        await softphone.presses("mute")
        await call.hears_sound(agent_speaks, 0.4)
        await softphone.presses("hold")
        await softphone.says("menunggu dengan musik")
        await call.hears_sound(music, 1.5)
        await softphone.hears_nothing()
        await softphone.presses("hold")
        await softphone.says(f"Berbicara dengan {CALLER}")
        await call.hears_sound(agent_speaks, 0.4)
        await softphone.hears(HERTZ)


async def test_the_audio_stays_on_this_machine(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    async with talk(pbx, softphone, phone):
        await softphone.hears(HERTZ)
        way = await softphone.root.evaluate(WAY)
        assert way["there"] == "127.0.0.1"
        assert way["encrypted"] == "connected"


async def test_another_microphone_is_taken_in_the_middle_of_a_talk(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    async with talk(pbx, softphone, phone) as call:
        await call.hears_sound(agent_speaks, 0.4)
        before = await softphone.root.evaluate(LABEL)
        await softphone.speaks_into("Fake Audio Input 2")
        await softphone.page.wait_for_function(f"() => ({LABEL})(softphone) !== '{before}'")
        assert await softphone.root.evaluate(LABEL) == "Fake Audio Input 2"
        await softphone.hears(SPOKEN, "level-in")
        await call.hears_sound(agent_speaks, 0.4)
        await softphone.presses("mute")
        await call.hears_sound(silence, 1.0)
    await softphone.page.reload()
    await softphone.is_in("ready")
    # It is remembered in this browser.
    chosen = softphone.part("microphone").locator("option:checked")
    await expect(chosen).to_have_text("Fake Audio Input 2")


async def test_the_caller_is_heard_where_the_agent_chose(softphone: PhonePage) -> None:
    await softphone.root.locator("summary").click()
    await softphone.part("speaker").select_option(label="Fake Audio Output 2")
    await softphone.root.locator("summary").click()
    chosen = await softphone.part("speaker").input_value()
    await softphone.page.wait_for_function(SINK, arg=chosen)


async def test_keys_arrive_in_the_call(pbx: PhonePbx, softphone: PhonePage, phone: Phone) -> None:
    async with talk(pbx, softphone, phone) as call:
        pressed: list[str] = []
        call._leg.on_dtmf(lambda event: pressed.append(event.digit))
        await softphone.keys("159#")
        await becomes(lambda: "".join(pressed) == "159#")


async def test_a_talk_outlives_its_connection(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone, wire: Link
) -> None:
    async with talk(pbx, softphone, phone) as call:
        await wire.cut()
        await softphone.is_in("lost")
        await softphone.says("Sambungan terputus")
        await expect(softphone.part("hold")).to_be_disabled()
        await softphone.hears(HERTZ)
        await call.hears_sound(agent_speaks, 0.4)
        await wire.mend()
        await softphone.is_in("ready")
        await softphone.says(f"Berbicara dengan {CALLER}")
        await softphone.hears(HERTZ)
        # The PBX knows the new connection: without that the page would not learn of the end.
        await call.hangs_up()
        await softphone.says("Panggilan selesai")


async def test_a_talk_that_ended_meanwhile_is_over_when_the_page_is_back(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone, wire: Link
) -> None:
    async with talk(pbx, softphone, phone) as call:
        await wire.cut()
        await softphone.is_in("lost")
        await call.hangs_up()
        await pbx.idle()
        await wire.mend()
        await softphone.is_in("ready")
        await softphone.is_free()


async def test_a_caller_is_not_sent_on_to_a_telephone_number(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    async with talk(pbx, softphone, phone):
        for target in ("081234567890", "11", "s"):
            await softphone.part("transfer").locator("input").fill(target)
            # The browser's own check lets only what looks like a queue or an agent pass; the PBX
            # is asked all the same.
            await softphone.root.evaluate(
                "(root, to) => root.softphone.line.talk.transfer(to)", target
            )
            await softphone.says(f"Tidak bisa diteruskan ke {target}")
        await softphone.hears(HERTZ)


async def test_one_window_has_the_phone(
    pbx: PhonePbx, softphone: PhonePage, context: BrowserContext
) -> None:
    second = PhonePage(await context.new_page())
    await second.opens(f"{pbx.address}/?lang=en")
    await second.connects()
    await second.says("The phone is ready")
    # The first would notice at its next registration, within a minute.
    await softphone.root.evaluate(
        "root => { root.softphone.line._lentAt = 0; root.softphone.line._agent.register(); }"
    )
    await softphone.is_in("refused")
    await softphone.says("dipakai di jendela lain")
    await second.page.close()
    await softphone.connects()


async def test_a_page_that_closes_frees_the_caller_and_the_phone(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    answering = asyncio.create_task(softphone.answers())
    async with phone.dials(DIRECT, caller=CALLER) as call:
        await answering
        await softphone.page.goto("about:blank")
        await call.ends()
    await pbx.idle()
    await pbx.until(f"pjsip show aor {AGENT}", rf"Contact:  {AGENT}/", there=False)
    # Back within a minute it is the phone again, without a click.
    await softphone.opens(pbx.address)
    await softphone.is_in("ready")


async def test_a_reload_in_a_talk_is_asked_about_and_otherwise_the_page_stays_the_phone(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    softphone.page.on("dialog", stay)
    async with talk(pbx, softphone, phone):
        await softphone.page.evaluate("setTimeout(() => location.reload())")
        await becomes(lambda: asked == ["beforeunload"])
        await softphone.hears(HERTZ)
        # Nothing is left for a copy of this tab, while the page is there.
        assert await softphone.page.evaluate("sessionStorage.length") == 0
        await softphone.presses("hangup")
    softphone.page.remove_listener("dialog", stay)
    await softphone.page.reload()
    await softphone.is_in("ready")
    await pbx.until(f"pjsip show aor {AGENT}", rf"Contact:  {AGENT}/.*Avail")
    # Who let go of the phone is not it again.
    await softphone.presses("disconnect")
    await softphone.page.reload()
    await expect(softphone.part("connect")).to_be_visible()
    await softphone.connects()


async def test_the_page_is_there_again_after_a_restart_of_the_pbx(
    pbx: PhonePbx, softphone: PhonePage, phone: Phone
) -> None:
    await asyncio.to_thread(pbx.installation.stop_asterisk, signal.SIGKILL)
    await softphone.is_in("lost")
    await softphone.says("sedang dicoba lagi")
    await asyncio.to_thread(pbx.installation.start_asterisk)
    await softphone.is_in("ready")
    async with talk(pbx, softphone, phone) as call:
        await softphone.hears(HERTZ)
        await call.hears_sound(agent_speaks, 0.4)


async def test_without_a_key_the_page_says_so(pbx: PhonePbx, context: BrowserContext) -> None:
    page = PhonePage(await context.new_page())
    await page.opens(pbx.address)
    pbx.refused = True
    try:
        await page.presses("connect")
        await page.says("Telepon tidak bisa disambungkan")
    finally:
        pbx.refused = False
    await page.page.close()


async def test_the_demos_page_is_a_caller_of_the_hotline_and_of_nothing_else(
    pbx: PhonePbx, context: BrowserContext
) -> None:
    page = PhonePage(await context.new_page(), "#web-caller")
    await page.opens(f"{pbx.address}/?caller")
    await page.presses("call")
    await page.talks("talking")
    await becomes(lambda: "number=081200000000" in noted(pbx))
    assert max(level for _, level in await page.peaks()) > -60
    # Its number was read back: a 1 says that it is right.
    await page.keys("1")
    await becomes(lambda: "confirmed=1" in noted(pbx))
    await page.presses("hangup")
    await page.is_free()
    await pbx.idle()
    for target in (AGENT, "*11", QUEUED, "081234567890"):
        await page.root.evaluate("(root, to) => { root.dataset.number = to; }", target)
        await page.presses("call")
        await page.says("Panggilan tidak diterima")
        await expect(page.part("call")).to_be_visible()
    await page.page.close()
