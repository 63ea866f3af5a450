"""One PBX, one browser and one caller's phone for every story of the softphone."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext

from scripts.caller import Dialled, Phone
from scripts.caller.sounds import tone, write_wav
from tests.calls.fixtures import caller, ledger, queue
from tests.faults.cut_link import Link, link
from tests.softphone import chromium
from tests.softphone.house import at_work, carrier, desk, desk_context, hotline, maya, the_queue
from tests.softphone.phone_page import PhonePage
from tests.softphone.phone_pbx import AGENT, DIRECT, PhonePbx, page_of, running

__all__ = [
    "at_work",
    "caller",
    "carrier",
    "desk",
    "desk_context",
    "hotline",
    "ledger",
    "maya",
    "queue",
    "the_queue",
]

SPOKEN = 700
"""Hertz of what the browser's microphone hears: strokes of a tone, for a steady one is taken for
noise and suppressed."""


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonePbx]:
    with running(tmp_path_factory.mktemp("web") / "s") as pbx:
        yield pbx


@pytest.fixture(scope="package")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stroke = tone(SPOKEN, 0.6, 0.5) + bytes(int(0.2 * 8000) * 2)
    return write_wav(tmp_path_factory.mktemp("microphone") / "tone.wav", stroke * 10)


@pytest.fixture(scope="package")
async def browser(microphone: Path) -> AsyncIterator[Browser]:
    try:
        async with chromium.started(microphone) as browser:
            yield browser
    except chromium.NoChromium as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
async def wire(pbx: PhonePbx) -> AsyncIterator[Link]:
    """Between the browser and the PBX's WSS, to be cut."""
    async with link(pbx.installation.ports.wss) as wire:
        pbx.web_socket = f"wss://127.0.0.1:{wire.port}/ws"
        yield wire


@pytest.fixture(scope="module")
async def context(pbx: PhonePbx, wire: Link, browser: Browser) -> AsyncIterator[BrowserContext]:
    async with page_of(pbx):
        context = await browser.new_context(
            # The PBX's certificate is its own.
            ignore_https_errors=True,
            viewport={"width": 480, "height": 900},
            permissions=["microphone"],
            base_url=pbx.address,
        )
        yield context
        await context.close()


@pytest.fixture(scope="module")
async def softphone(pbx: PhonePbx, context: BrowserContext) -> AsyncIterator[PhonePage]:
    """The agent's page, registered, and the agent in the queue."""
    page = PhonePage(await context.new_page())
    await page.opens(pbx.address)
    await page.connects()
    await pbx.says(f"queue add member PJSIP/{AGENT} to umum")
    yield page
    await page.page.close()


@pytest.fixture(scope="module")
async def phone(pbx: PhonePbx) -> AsyncIterator[Phone]:
    installation = pbx.installation
    line = Dialled(DIRECT, "127.0.0.1", installation.ports.sip)
    async with Phone(line, installation.sounds, installation.state.folder / "heard") as phone:
        yield phone
