"""The phone in the page within the whole hotline: PBX, PostgreSQL, service and desk in one house.

A caller becomes a ticket and is called back; a caller is sent on; a newcomer is caller and agent.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from playwright.async_api import Browser, expect

from config.phones import shown
from scripts.caller.sounds import tone, tone_share
from tests.calls.callers import e164
from tests.calls.queueing import Queueing
from tests.calls.sip_parties import Leg, Parties
from tests.softphone.conftest import SPOKEN
from tests.softphone.desk_page import DeskPage
from tests.softphone.house import WIDE
from tests.softphone.measured import Ear, from_alaw, to_alaw
from tests.softphone.phone_page import PhonePage
from tests.softphone.phone_pbx import AGENT, PATIENCE

log = logging.getLogger(__name__)

NAME, NUMBER = "Rini Astuti", "081277700001"
NEWCOMER = "+6281200000000"
"""The caller in the demo's pages."""
COME_TO = """
SELECT FROM call_step s JOIN call c ON c.id = s.call
WHERE c.phone = $1 AND c.ended_at IS NULL AND s.step = $2
"""
HERTZ = 1100
"""What callers say, and those who are called back."""
PACKET = to_alaw(tone(HERTZ, 0.02))
AWAKE = "root => !root.querySelector('audio').paused && root.softphone.line.talk !== null"


async def test_a_caller_becomes_a_ticket_and_is_called_back_and_the_line_is_closed(
    queue: Queueing,
    at_work: DeskPage,
    carrier: Parties,
    desk: dict[str, Any],
    browser: Browser,
    record_property: Callable[[str, object], None],
) -> None:
    def tell(what: str, figure: str) -> None:
        record_property(what, figure)
        log.info("%s: %s", what, figure)

    maya = at_work
    known = {"category": "INFO", "phone": NUMBER, "name": NAME}
    before = (await maya.asks("POST", "/tickets", known))["number"]

    # She calls, and the page knows her.
    await maya.watches_for(NAME)
    call = await queue.waits(NUMBER)
    await maya.talks("ringing")
    assert (await maya.notified())[-1].startswith("Telepon masuk dari")
    pop = await maya.shows("article.pop.rings", NAME)
    await expect(pop).to_contain_text(before)
    await expect(pop).to_contain_text(shown(e164(NUMBER)))
    await maya.looks("02-rings")
    tell("from ringing to the screen pop", f"{await maya.popped_after():.2f} s")

    # Each hears the other.
    await maya.answers()
    call.speaks(tone(HERTZ, 60))
    await maya.hears(HERTZ)
    heard = Ear(SPOKEN)
    await call.hears_sound(heard, 0.3)
    tell("the agent, at the caller's phone", heard.told)
    hertz, level = max(await maya.peaks(), key=lambda peak: peak[1])
    tell("the caller, in the agent's page", f"{hertz} Hz, {level} dB in its band")

    # A ticket of the talk, saved as it is typed; the talk stays in the page meanwhile.
    await maya.goes_to("/tickets")
    assert await maya.root.evaluate(AWAKE)
    await maya.goes_to("/work")
    form = maya.page.locator('article.pop form[action="/work/tickets"]')
    await form.locator("select").select_option("GANTI")
    await form.locator("button").click()
    fields = await maya.shows('article.pop form[action$="/fields"]', "Ganti dagangan")
    number = (await fields.get_attribute("action")).split("/")[3]
    await fields.locator('input[name="field.city"]').fill("Surakarta")
    await maya.shows(f"#saved-{number}", "Tersimpan")
    await maya.hears(HERTZ)
    await maya.looks("03-talks")
    await maya.presses("hangup")
    await call.ends()
    await maya.is_free()
    await maya.page.locator('form[action="/work/disposition"] button').click()
    await maya.shows("#notices", "Hasil percakapan dicatat")
    (saved,) = await queue.until_rows(
        "SELECT t.fields->>'city' AS city, t.category, c.dialled, t.owner FROM ticket t"
        " JOIN call c ON c.id = t.call WHERE t.number = $1",
        bool,
        number,
    )
    assert tuple(saved) == ("Surakarta", "GANTI", call.dialled, "maya")

    # She is called back from the page, and answers on a SIP phone.
    person = carrier.phone(NUMBER, echoes=False)
    await maya.page.locator(f'form[action="/work/tickets/{number}/callback"] button').click()
    await maya.shows("#notices", "Telepon balik dijadwalkan")
    await maya.talks("ringing")
    await maya.shows("article.pop.rings", "Telepon balik")
    await maya.shows("article.pop.rings", NAME)
    await maya.looks("04-callback-rings")
    await maya.answers()
    await maya.keys("1")
    leg = await person.rings()
    assert leg.caller == "1500587"
    told = await speak_with(leg, maya)
    tell("the agent, at the phone that is called back", told)
    await maya.looks("05-callback-talks")
    leg.hang_up()
    await maya.is_free()
    (kept,) = await queue.until_rows(
        "SELECT b.state, a.result, a.agent FROM callback b JOIN ticket t ON t.id = b.ticket"
        " JOIN callback_attempt a ON a.callback = b.id WHERE t.number = $1",
        lambda rows: [row["state"] for row in rows] == ["done"],
        number,
    )
    assert (kept["result"], kept["agent"]) == ("kept", AGENT)

    # The supervisor closes the line, and the next caller hears it.
    async with await browser.new_context(base_url=desk["address"], viewport=WIDE) as other:
        sari = await DeskPage.signed_in(other, desk, "sari")
        await sari.goes_to("/wall")
        await sari.page.locator("#wall-line summary, details summary").first.click()
        close = sari.page.locator('form[action="/wall/line/close"]')
        await close.locator('input[name="reason"]').fill("banjir di kantor")
        await close.locator("button").click()
        await sari.shows("main", "banjir di kantor")
        await sari.looks("06-line-closed")
        await until(lambda: "hours.closures" in queue.hotline.log())
        late = await queue.calls()
        await late.hears("closed-emergency")
        await late.hangs_up()
        await sari.page.locator('form[action="/wall/line/reopen"] button').click()
        await sari.shows("#notices", "dibuka")
        assert (sari.found, sari.complaints) == ([], [])
    await until(lambda: queue.hotline.log().count("hours.closures") == 2)
    assert maya.found == []


async def test_an_agent_takes_a_caller_in_the_page_and_sends_them_on(
    queue: Queueing, at_work: DeskPage
) -> None:
    softphone = at_work
    # A code keyed in the page does what it does on any phone.
    await softphone.part("dial").locator("input").fill("*131")
    await softphone.part("dial").locator("button").click()
    await softphone.talks("talking")
    await softphone.is_free()
    await softphone.shows("#work-state", "Istirahat")
    await softphone.page.locator('#work-state button[value="ready"]').click()
    await softphone.shows("#work-state", "Siap")
    budi = await queue.agent("6002")

    call = await queue.waits()
    await softphone.answers()
    call.speaks(tone(HERTZ, 20))
    await softphone.hears(HERTZ)
    offered = softphone.part("targets").locator("option")
    assert [
        await offered.locator(f'xpath=self::*[@value="{name}"]').inner_text()
        for name in ("umum", "6002")
    ] == ["Umum", "Budi Santoso"]
    # An agent that there is not: the caller goes back to the queue, and this page rings again, as
    # quick as it ended the talk or quicker.
    await sends_on(softphone, "6099")
    await softphone.answers()
    await softphone.hears(HERTZ)
    await sends_on(softphone, "6002")
    await softphone.is_free()
    talk = await (await budi.rings()).answers()
    talk.speaks(tone(SPOKEN, 3))
    await call.hears_sound(lambda heard: tone_share(heard, SPOKEN) > 0.5, 0.5)
    await call.hangs_up()

    row = await queue.ledger.row(call)
    assert row.outcome == "agent"
    stays = await queue.queue_of(call)
    assert [(stay["queue"], stay["agent"], stay["ended_by"]) for stay in stays] == [
        ("umum", AGENT, "transfer"),
        ("umum", AGENT, "transfer"),
        ("agent-6002", "6002", "caller"),
    ]
    assert {stay["how"] for stay in stays} == {"answered"}


async def test_a_newcomer_is_caller_and_agent_in_one_page(
    queue: Queueing, at_work: DeskPage
) -> None:
    caller = PhonePage(at_work.page, "#web-caller")
    await caller.presses("call")
    await caller.talks("talking")
    await caller.says("Berbicara dengan 1500587")
    for step, key in (("consent", "1"), ("main", "0")):
        await queue.until_rows(COME_TO, bool, NEWCOMER, step)
        await caller.keys(key)
    await at_work.talks("ringing")
    await at_work.shows("article.pop.rings", shown(NEWCOMER))
    await at_work.looks("07-caller-and-agent")
    # The keys of the phone are the agent's: she answers, and ends it for both.
    await at_work.page.keyboard.press("Alt+Shift+A")
    await at_work.talks("talking")
    await at_work.hears(SPOKEN)
    await caller.hears(SPOKEN)
    await at_work.page.keyboard.press("Alt+Shift+E")
    await at_work.is_free()
    await caller.is_free()
    (row,) = await queue.until_rows(
        "SELECT outcome FROM call WHERE phone = $1 AND ended_at IS NOT NULL", bool, NEWCOMER
    )
    assert row["outcome"] == "agent"
    assert at_work.found == []


async def sends_on(softphone: PhonePage, target: str) -> None:
    await softphone.part("transfer").locator("input").fill(target)
    await softphone.presses("transfer-to")


async def speak_with(leg: Leg, page: PhonePage) -> str:
    """Both hear the other; what was measured at the phone."""
    await leg.acknowledged.wait()
    heard = Ear(SPOKEN)

    async def says() -> None:
        while True:
            leg.speak(PACKET)
            await asyncio.sleep(0.02)

    saying = asyncio.create_task(says())
    try:
        await page.hears(HERTZ)
        await until(lambda: any(heard(from_alaw(packet)) for packet in leg.heard))
    finally:
        saying.cancel()
    return heard.told


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
