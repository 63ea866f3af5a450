"""The desk's pages with the phone in them, as somebody has them open."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from tests.softphone.phone_page import NOTIFIED, PhonePage
from tests.softphone.phone_pbx import PATIENCE
from tests.web.test_in_chromium import AXE, FIND, WIDE

SHOTS = os.environ.get("SALURAN_SCREENSHOTS")
"""A folder for a picture of each step, for people to look at."""
WATCH = """
(name) => {
  const seen = (globalThis.seen = {});
  const look = () => {
    if (document.getElementById("softphone")?.dataset.talk === "ringing") {
      seen.rang ??= performance.now();
    }
    if (document.querySelector("article.pop.rings")?.textContent.includes(name)) {
      seen.popped ??= performance.now();
    }
  };
  new MutationObserver(look).observe(document.body.parentNode, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
}
"""
POPPED = "() => globalThis.seen.popped - globalThis.seen.rang"


class DeskPage(PhonePage):
    """A page of the desk."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.found: list[str] = []
        """What axe or a narrow screen found wrong at one of the steps."""

    @classmethod
    async def signed_in(
        cls, context: BrowserContext, desk: dict[str, Any], login: str
    ) -> "DeskPage":
        """By the form, as everybody signs in."""
        page = cls(await context.new_page())
        await page.page.add_init_script(NOTIFIED)
        await page.page.add_init_script(path=AXE)
        await page.page.goto(desk["address"])
        (account,) = [one for one in desk["users"] if one["login"] == login]
        await page.page.locator("#login").fill(login)
        await page.page.locator("#password").fill(account["password"])
        await page.page.locator("main form button").click()
        await expect(page.page.locator(".me a")).to_be_visible()
        return page

    async def goes_to(self, path: str) -> None:
        """By the navigation: the phone stays in the page."""
        await self.page.locator(f'nav.side a[href="{path}"]').click()
        await self.page.wait_for_url(f"**{path}")

    async def shows(self, selector: str, text: str = "") -> Any:
        """Once this is there, and says that."""
        part = self.page.locator(selector).first
        await expect(part).to_contain_text(text, timeout=PATIENCE * 1000)
        return part

    async def looks(self, step: str) -> None:
        """What axe has to say, and whether it fits a narrow screen; a picture of both widths."""
        self.found += [f"{step}: {one}" for one in await self.page.evaluate(FIND)]
        for width, height in ((320, 720), (1280, 900)):
            await self.page.set_viewport_size({"width": width, "height": height})
            if (wide := await self.page.evaluate(WIDE)) > 0:
                self.found.append(f"{step} {width}: {wide} pixels too wide")
            if SHOTS:
                picture = Path(SHOTS) / f"story-{step}-{width}.png"
                await self.page.screenshot(path=picture, full_page=True)

    async def watches_for(self, name: str) -> None:
        """From now on, when the phone rings and when the page knows who it is."""
        await self.page.evaluate(WATCH, name)

    async def popped_after(self) -> float:
        """Seconds from the ringing to the page's knowing who rings."""
        await self.page.wait_for_function(f"() => !isNaN(({POPPED})())")
        return float(await self.page.evaluate(POPPED)) / 1000

    async def asks(self, method: str, path: str, body: Any) -> Any:
        """The API, as this page's user."""
        token = await self.page.locator('meta[name="csrf-token"]').get_attribute("content")
        answer = await self.page.context.request.fetch(
            f"/api/v1{path}", method=method, data=body, headers={"X-CSRF-Token": token or ""}
        )
        assert answer.ok, await answer.text()
        return await answer.json()
