"""The pages of personal data, and a person's own copy, in a real browser: read as they read it."""

import re
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from ivr.recordings import Recordings as StoredFiles
from tests.store.persons import NAME, NUMBER, siti_and_budi
from tests.web.test_in_chromium import AXE, FIND, SHOTS, SIZES, WIDE
from tests.web.visitor import PASSWORD, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

ASKED = ("access", "withdraw", "restrict", "erase")
WINDOW = "since=2026-11-27T00:00&until=2026-11-30T00:00&known_at=2026-11-28T08:00&scope=all"


@pytest.fixture
async def siti(desk: PostgresDesk, sql: Connection, files: StoredFiles) -> UUID:
    return await siti_and_budi(desk, sql, files)


@pytest.fixture
async def page(browser: Browser, visitors: Visitors) -> AsyncIterator[Page]:
    await visitors.user(Role.SUPERVISOR)
    async with await browser.new_context(base_url=visitors.address) as context:
        page = await context.new_page()
        await page.add_init_script(path=AXE)
        await page.goto("/sign-in")
        await page.locator("[name=login]").fill("the-supervisor")
        await page.locator("[name=password]").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("nav.side")).to_be_visible()
        yield page


async def test_every_request_is_taken_down_answered_and_read(
    page: Page, siti: UUID, sql: Connection, tmp_path: Path
) -> None:
    requests = {kind: await asks(page, siti, kind) for kind in ASKED}
    paths = ["/privacy", *requests.values(), f"/people/{siti}", "/privacy/consents"]
    paths += ["/privacy/retention", "/privacy/breach", f"/privacy/breach?{WINDOW}"]
    assert await seen(page, paths) == []
    await page.goto(requests["access"])
    async with page.expect_download() as coming:
        await page.locator('a[href*="language=id"]').click()
    archive = zipfile.ZipFile(await (await coming.value).path())
    archive.extractall(tmp_path / "copy")
    await page.goto(requests["erase"])
    for name in ("withdrawn", "sure"):
        await page.locator(f"[name={name}]").check()
    await page.locator("button.danger").click()
    await expect(page.locator("[data-notice]")).to_contain_text("sudah dihapus")
    assert await sql.fetchval("SELECT count(*) FROM person") == 1
    paths = ["/privacy?view=settled", requests["erase"], f"/tickets/{NUMBER}", "/privacy/consents"]
    assert await seen(page, paths) == []
    await reads_the_copy(page, tmp_path / "copy")


async def seen(page: Page, paths: Sequence[str]) -> list[str]:
    """What axe, or a ruler, finds at both widths."""
    found: list[str] = []
    for path in paths:
        await page.goto(path)
        name = re.sub(r"[^a-z0-9]+", "-", path)[1:40]
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            if SHOTS:
                await page.screenshot(path=Path(SHOTS) / f"{size}-{name}.png", full_page=True)
            if (wide := await page.evaluate(WIDE)) > 0:
                found.append(f"{path} {size}: {wide} pixels too wide")
        found += [f"{path}: {one}" for one in await page.evaluate(FIND)]
    return found


async def asks(page: Page, person: UUID, kind: str) -> str:
    """The address of the request."""
    await page.goto(f"/people/{person}")
    form = page.locator('form[action$="/requests"]')
    await page.locator("details", has=form).locator("summary").click()
    await form.locator("[name=kind]").select_option(kind)
    await form.locator("[name=proof]").fill("menyebut nomor dan PIN laporannya")
    await form.locator("button").click()
    await expect(page.locator("h1")).to_contain_text("Permintaan:")
    return re.sub(r"^https?://[^/]+", "", page.url)


async def reads_the_copy(page: Page, folder: Path) -> None:
    """As it was handed over: from a disk, without us."""
    for name, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto((folder / "data-anda.html").as_uri())
        await expect(page.locator("h1")).to_have_text("Data pribadi Anda pada layanan kami")
        await expect(page.locator("main")).to_contain_text(NAME)
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"copy-{name}.png", full_page=True)
        assert await page.evaluate(FIND) == []
        assert await page.evaluate(WIDE) <= 0
    links = await page.locator("dd a").evaluate_all("all => all.map(one => decodeURI(one.href))")
    assert (set(links), len(links)) == (handed_over(folder), 3)


def handed_over(folder: Path) -> set[str]:
    """The addresses of sounds and papers."""
    return {path.as_uri() for path in folder.rglob("*") if path.suffix in (".wav", ".png")}
