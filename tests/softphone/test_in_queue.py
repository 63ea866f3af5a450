"""The phone in the page as an agent's of the whole hotline: key, queue, and the caller sent on."""

from collections.abc import AsyncIterator
from dataclasses import asdict

import pytest
from playwright.async_api import Browser

from config.settings import load_settings
from scripts.caller.sounds import tone, tone_share
from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered
from tests.softphone.phone_page import PhonePage
from tests.softphone.phone_pbx import AGENT, Desk, page_of
from tickets.phone_keys import PhoneKeys
from tickets.store import Store

HERTZ = 1100
QUEUES = """
default: umum
queues:
  umum:
    title: {id: Umum, en: General}
    wrap_up: 0
    max_wait: 60
"""


class HotlineDesk(Desk):
    """Lends keys as the desk does; the service tells the PBX of them."""

    store: Store

    async def lends(self) -> dict[str, str]:
        phones = load_settings(self.installation.state.folder).phones
        keys = PhoneKeys(self.store, phones.web_socket, phones.key_hours)
        lent = asdict(await keys.lend(AGENT))
        return lent | {"until": lent["until"].isoformat()}


@pytest.fixture(scope="module")
async def desk(hotline: Hotline, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    path = tmp_path_factory.mktemp("queues") / "queues.yaml"
    path.parent.chmod(0o755)
    path.write_text(QUEUES, encoding="utf-8")
    files = {"sounds": str(hotline.installation.sounds), "queues": str(path)}
    await hotline.serves(files=files)
    desk = HotlineDesk(hotline.installation)
    desk.web_socket = hotline.installation.endpoints["web"]["ws"]
    desk.store = Store(hotline.installation.database_url(), connections=1)
    async with page_of(desk):
        yield desk
    await desk.store.close()


@pytest.fixture(scope="module")
async def queue(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    async with gathered(hotline, caller, ledger) as queue:
        yield queue
        await queue.clears()


@pytest.fixture(scope="module")
async def softphone(desk: Desk, browser: Browser) -> AsyncIterator[PhonePage]:
    context = await browser.new_context(permissions=["microphone"])
    page = PhonePage(await context.new_page())
    await page.opens(desk.address)
    await page.connects()
    yield page
    await context.close()


async def test_an_agent_takes_a_caller_in_the_page_and_sends_them_on(
    queue: Queueing, softphone: PhonePage
) -> None:
    # A code keyed in the page logs in, as on any phone.
    await softphone.part("dial").locator("input").fill("*11")
    await softphone.part("dial").locator("button").click()
    await softphone.talks("talking")
    await softphone.is_free()
    await queue.until_members(AGENT, "umum", f"agent-{AGENT}")
    budi = await queue.agent("6002")

    call = await queue.waits()
    await softphone.answers()
    call.speaks(tone(HERTZ, 20))
    await softphone.hears(HERTZ)
    # An agent that there is not: the caller goes back to the queue, and this page rings again, as
    # quick as it ended the talk or quicker.
    await sends_on(softphone, "6099")
    await softphone.answers()
    await softphone.hears(HERTZ)
    await sends_on(softphone, "6002")
    await softphone.is_free()
    talk = await (await budi.rings()).answers()
    talk.speaks(tone(700, 3))
    await call.hears_sound(lambda heard: tone_share(heard, 700) > 0.5, 0.5)
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


async def sends_on(softphone: PhonePage, target: str) -> None:
    await softphone.part("transfer").locator("input").fill(target)
    await softphone.presses("transfer-to")
