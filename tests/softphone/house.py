"""The whole hotline with its desk, and the agent whose phone is in the page: for every story."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize

from scripts.embedded.options import Options
from tests.calls import hotline as running
from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing, gathered
from tests.calls.sip_parties import Parties
from tests.softphone.desk_page import DeskPage
from tests.softphone.phone_pbx import AGENT

QUEUES = """
default: umum
queues:
  umum:
    title: {id: Umum, en: General}
    wrap_up: 0
    max_wait: 60
"""
WIDE: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="package")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    """As the demo starts it: its pages call the line."""
    hotline = running.start(tmp_path_factory.mktemp("hotline"), Options(web_caller=True))
    with hotline.installation:
        yield hotline


@pytest.fixture(scope="module")
async def desk(
    hotline: Hotline, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Any]]:
    """The desk beside the service: its address and its users."""
    path = tmp_path_factory.mktemp("queues") / "queues.yaml"
    path.parent.chmod(0o755)
    path.write_text(QUEUES, encoding="utf-8")
    files = {"sounds": str(hotline.installation.sounds), "queues": str(path)}
    # A talk of some seconds is a talk.
    await hotline.serves(files=files, callbacks={"early_seconds": 0})
    await asyncio.to_thread(hotline.installation.start_desk)
    yield hotline.installation.endpoints["desk"]
    await asyncio.to_thread(hotline.installation.stop_desk)


@pytest.fixture(scope="module")
async def the_queue(
    desk: dict[str, Any], hotline: Hotline, caller: Caller, ledger: Ledger
) -> AsyncIterator[Queueing]:
    async with gathered(hotline, caller, ledger) as queue:
        yield queue


@pytest.fixture(scope="module")
async def carrier(hotline: Hotline) -> AsyncIterator[Parties]:
    """Who is called from the hotline."""
    parties = Parties()
    await parties.listen(hotline.installation.ports.carrier)
    yield parties
    parties.close()


@pytest.fixture(scope="module")
async def desk_context(desk: dict[str, Any], browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        base_url=desk["address"],
        permissions=["microphone"],
        viewport=WIDE,
    )
    yield context
    await context.close()


@pytest.fixture(scope="module")
async def maya(desk: dict[str, Any], desk_context: BrowserContext) -> AsyncIterator[DeskPage]:
    """The agent whose phone is the one in the page, signed in and connected."""
    page = await DeskPage.signed_in(desk_context, desk, "maya")
    await page.looks("01-signed-in")
    await page.connects()
    yield page
    assert page.complaints == []


@pytest.fixture
async def at_work(queue: Queueing, maya: DeskPage) -> DeskPage:
    """She has said on the page that she works."""
    await queue.hotline.has_fitted()
    await maya.goes_to("/work")
    await maya.page.locator('#work-state button[value="log_in"]').click()
    await maya.shows("#work-state", "Siap")
    await queue.until_members(AGENT, "umum", f"agent-{AGENT}")
    return maya
