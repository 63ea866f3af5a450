"""The phone in the page, as its user sees and hears it."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from playwright.async_api import Page, expect

from tests.softphone.phone_pbx import PATIENCE

PEAKS = """
(root, [part, every, times]) => new Promise((done) => {
  const meter = (root.softphone ?? root.caller).panel._meters[part];
  const bins = new Float32Array(meter.analyser.frequencyBinCount);
  const heard = [];
  const look = () => {
    meter.analyser.getFloatFrequencyData(bins);
    const peak = bins.indexOf(Math.max(...bins));
    const hertz = peak * meter.analyser.context.sampleRate / meter.analyser.fftSize;
    heard.push([Math.round(hertz), Math.round(bins[peak])]);
    heard.length < times ? setTimeout(look, every) : done(heard);
  };
  look();
})
"""
QUIET = -75
"""Decibels of the loudest frequency below which nothing is heard."""
NOTIFIED = """
globalThis.notified = [];
globalThis.Notification = class extends EventTarget {
  static permission = "granted";
  static requestPermission() { return Promise.resolve("granted"); }
  constructor(title, { body }) { super(); notified.push(body); }
  close() { notified.push("closed"); }
};
"""


class PhonePage:
    """A page with a phone in it."""

    def __init__(self, page: Page, root: str = "#softphone") -> None:
        self.page = page
        self.root = page.locator(root)
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: Any) -> None:
        # A connection that is refused while the link is cut is told by the browser as an error.
        if message.type == "error" and "WebSocket connection" not in message.text:
            where = message.location
            self.complaints.append(f"{where['url']}:{where['lineNumber']}: {message.text}")

    async def opens(self, address: str) -> None:
        # Headless, no notification is ever shown: what would be is written down.
        await self.page.add_init_script(NOTIFIED)
        await self.page.goto(address)

    async def connects(self) -> None:
        await self.part("connect").click()
        await self.is_in("ready")

    async def is_in(self, state: str) -> None:
        await expect(self.root).to_have_attribute("data-state", state, timeout=PATIENCE * 1000)

    async def talks(self, state: str) -> None:
        await expect(self.root).to_have_attribute("data-talk", state, timeout=PATIENCE * 1000)

    async def is_free(self) -> None:
        await expect(self.part("talk")).to_be_hidden(timeout=PATIENCE * 1000)

    async def says(self, sentence: str, part: str = "status") -> None:
        await expect(self.part(part)).to_contain_text(sentence, timeout=PATIENCE * 1000)

    async def answers(self) -> None:
        await self.talks("ringing")
        await self.part("answer").click()
        await self.talks("talking")

    async def presses(self, part: str) -> None:
        await self.part(part).click()

    async def speaks_into(self, name: str) -> None:
        """Choose a microphone by its name."""
        await self.root.locator("summary").click()
        await self.part("microphone").select_option(label=name)
        await self.root.locator("summary").click()

    async def keys(self, digits: str) -> None:
        for digit in digits:
            await self.root.locator(f'[data-key="{digit}"]').click()

    def part(self, name: str) -> Any:
        return self.root.locator(f'[data-phone="{name}"]')

    async def peaks(self, part: str = "level-out", times: int = 10) -> list[tuple[int, int]]:
        """The loudest frequency and its level, ten times a second."""
        told = await self.root.evaluate(PEAKS, [part, 100, times])
        return [(hertz, level) for hertz, level in told]

    async def hears(self, hertz: int, part: str = "level-out") -> None:
        """This tone, in half of the looks of a second."""
        heard: list[tuple[int, int]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    heard = await self.peaks(part)
                    near = [abs(at - hertz) < 40 and level > QUIET for at, level in heard]
                    if sum(near) >= len(heard) / 2:
                        return
        raise AssertionError(f"not {hertz} Hz but {heard}")

    async def hears_nothing(self) -> None:
        """Silence, for a second."""
        heard: list[tuple[int, int]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    heard = await self.peaks()
                    if all(level <= QUIET for _, level in heard):
                        return
        raise AssertionError(f"not silence but {heard}")

    async def notified(self) -> list[str]:
        told: list[str] = json.loads(await self.page.evaluate("JSON.stringify(notified)"))
        return told
