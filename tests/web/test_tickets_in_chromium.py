"""The ticket pages in a real browser: a message is heard, what is typed is never lost, two edit one
ticket, and nothing that anybody wrote runs. In each state axe finds nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, expect

from ivr.recordings import Recordings as StoredFiles
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, seed
from tests.web.sounds import PNG, has_sound, wav
from tests.web.test_in_chromium import AXE, FIND, SHOTS, SIZES, WIDE
from tests.web.visitor import PASSWORD, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

HOSTILE = "\"'><img src=x onerror='globalThis.ran=1'><script>globalThis.ran=1</script>"


@pytest.fixture
async def context(
    browser: Browser, visitors: Visitors, desk: PostgresDesk
) -> AsyncIterator[BrowserContext]:
    await seed(desk)
    await visitors.user(Role.SUPERVISOR)
    async with await browser.new_context(base_url=visitors.address) as context:
        yield context


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.add_init_script(path=AXE)
    await signs_in(page, "/tickets")
    return page


async def signs_in(page: Page, to: str) -> None:
    await page.goto(to)
    await page.locator("#login, [name=login]").first.fill("the-supervisor")
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("nav.side")).to_be_visible()


async def is_sound(page: Page, name: str) -> None:
    """axe finds nothing in this state, and nothing is wider than the screen, at both widths."""
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"{name}-{size}.png", full_page=True)
        assert await page.evaluate(FIND) == [], (name, size)
        assert await page.evaluate(WIDE) <= 0, (name, size)
    await page.set_viewport_size({"width": 1280, "height": 800})


async def test_a_message_is_heard_by_the_keyboard_with_its_waveform(
    page: Page, sql: Connection, files: StoredFiles
) -> None:
    recording = await has_sound(sql, files, OPEN, wav(20))
    await page.goto(f"/tickets/{OPEN}")
    # Nobody has heard anything yet.
    assert await looks(sql, recording) == []
    button = page.locator(".message button")
    await button.focus()
    await page.keyboard.press("Enter")
    slider = page.locator(".message [role=slider]")
    await expect(slider).to_be_focused()
    await expect(page.locator(".message audio")).to_have_js_property("paused", False)
    await page.keyboard.press("Space")
    await expect(page.locator(".message audio")).to_have_js_property("paused", True)
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuenow", "10")
    await expect(slider).to_have_attribute("aria-valuetext", "0:10 / 0:20")
    await page.keyboard.press("ArrowLeft")
    await expect(slider).to_have_attribute("aria-valuenow", "5")
    await page.keyboard.press("End")
    await expect(slider).to_have_attribute("aria-valuenow", "20")
    # The strokes are drawn: soft ones in the first half, loud ones in the second.
    heights = await page.evaluate(
        """() => {
          const canvas = document.querySelector(".message canvas");
          const height = (x) => {
            const column = canvas.getContext("2d").getImageData(x, 0, 1, canvas.height).data;
            return column.filter((one, n) => n % 4 === 3 && one > 0).length;
          };
          return [height(30), height(canvas.width - 30)];
        }"""
    )
    assert heights[0] < 10 < 40 < heights[1]
    assert await looks(sql, recording) == ["recording.heard", "recording.lent"]
    await is_sound(page, "player")


async def looks(sql: Connection, recording: str) -> list[str]:
    rows = await sql.fetch("SELECT did FROM audit_entry WHERE subject = $1 ORDER BY 1", recording)
    return [row["did"] for row in rows]


async def test_what_is_typed_outlives_a_reload_and_a_lost_session(
    page: Page, context: BrowserContext, sql: Connection
) -> None:
    await page.goto("/tickets/new?category=INFO")
    question = page.locator("[name='field.question']")
    await question.fill("bagaimana dengan sisa stok?")
    await expect(page.locator("[data-draft-state]")).to_contain_text("Tersimpan")
    await page.reload()
    await expect(question).to_have_value("bagaimana dengan sisa stok?")
    await sql.execute("DELETE FROM desk_session")
    await question.fill("bagaimana dengan sisa stok saya?")
    state = page.locator("[data-draft-state]")
    await expect(state).to_contain_text("Sesi Anda berakhir")
    await is_sound(page, "session-lost")
    # Sent all the same, it stays where it is.
    await page.get_by_role("button", name="Buka tiket").click()
    await expect(question).to_have_value("bagaimana dengan sisa stok saya?")
    async with context.expect_page() as opened:
        await state.locator("a").click()
    other = await opened.value
    await signs_in(other, "/sign-in")
    await other.close()
    await page.bring_to_front()
    await page.get_by_role("button", name="Buka tiket").click()
    await expect(page.locator("h1")).to_contain_text("Tiket 26")
    assert (
        await sql.fetchval("SELECT fields->>'question' FROM ticket WHERE channel = 'desk'")
        == "bagaimana dengan sisa stok saya?"
    )
    assert await sql.fetchval("SELECT count(*) FROM desk_draft") == 0


async def test_two_edit_one_ticket_and_both_texts_are_seen(
    page: Page, context: BrowserContext, sql: Connection
) -> None:
    other = await context.new_page()
    for one in (page, other):
        await one.goto(f"/tickets/{OPEN}")
    await other.locator("[name='field.city']").fill("Cimahi")
    await other.get_by_role("button", name="Simpan isian").click()
    await expect(other.locator("[data-notice]")).to_contain_text("disimpan")
    await page.locator("[name='field.city']").fill("Garut")
    await page.get_by_role("button", name="Simpan isian").click()
    await expect(page.locator("h1")).to_have_text("Orang lain lebih dulu mengubahnya")
    await expect(page.locator(".both")).to_contain_text("Cimahi")
    await expect(page.locator("textarea")).to_have_value("Garut")
    await is_sound(page, "overtaken")
    await page.get_by_role("button", name="Simpan tulisan saya").click()
    await expect(page.locator("[data-notice]")).to_contain_text("disimpan")
    city = await sql.fetchval("SELECT fields->>'city' FROM ticket WHERE number = $1", OPEN)
    assert city == "Garut"


async def test_several_are_moved_and_a_view_is_kept(page: Page) -> None:
    await page.goto("/tickets")
    await page.locator("[data-all]").check()
    await page.locator("[name=became]").select_option("verifikasi")
    await page.get_by_role("button", name="Pindahkan").click()
    await expect(page.locator("h1")).to_have_text("Hasil pemindahan")
    await expect(page.locator("tbody tr")).to_have_count(3)
    await is_sound(page, "moved")
    await page.goto("/tickets?status=verifikasi")
    await page.locator("details.keep summary").click()
    await page.locator("details.keep [name=name]").fill("Sedang diperiksa")
    await page.locator("details.keep [name=shared]").check()
    await page.locator("details.keep button").click()
    view = page.locator(".views a", has_text="Sedang diperiksa")
    await expect(view).to_have_attribute("aria-current", "true")
    await is_sound(page, "view")
    await page.locator(".saved-view button").click()
    await expect(view).to_have_count(0)


async def test_a_whole_story_with_a_file_and_a_ready_text(page: Page, sql: Connection) -> None:
    await sql.execute(
        "UPDATE ticket SET person = one.person, phone = one.phone FROM ticket AS one "
        "WHERE one.number = $1 AND ticket.number = $2",
        OPEN,
        SECRET,
    )
    await page.goto(f"/tickets/{OPEN}")
    file = FilePayload(name=f"{HOSTILE}.png", mimeType="image/png", buffer=PNG)
    await page.locator("[type=file]").set_input_files([file])
    await page.get_by_role("button", name="Lampirkan").click()
    await expect(page.locator("[data-notice]")).to_contain_text("dilampirkan")
    async with page.expect_download() as saved:
        await page.locator(".story .file a").click()
    download = await saved.value
    assert download.suggested_filename.endswith(".png")
    assert await asyncio.to_thread((await download.path()).read_bytes) == PNG
    await page.locator("[data-insert]").select_option(label="Salam pembuka")
    await expect(page.locator("#text")).to_have_value(
        f"Selamat datang di Saluran 1500-587, Bapak/Ibu. Saya The-Supervisor. "
        f"Laporan Anda tercatat dengan nomor {OPEN}."
    )
    await expect(page.locator("[data-draft-state]")).to_contain_text("Tersimpan")
    await page.get_by_role("button", name="Tambahkan").click()
    await expect(page.locator(".story .comment")).to_contain_text("Selamat datang")
    await expect(page.locator("#text")).to_have_value("")
    await page.locator(".story summary").first.click()
    await is_sound(page, "story")
    await page.get_by_role("button", name=f"Gabungkan {SECRET} ke sini").click()
    await expect(page.locator("[data-notice]")).to_contain_text(SECRET)
    await page.locator("aside summary", has_text="Pecah").click()
    await is_sound(page, "merged")


async def test_nothing_that_was_written_runs_wherever_it_is_shown(
    page: Page, sql: Connection, visitors: Visitors
) -> None:
    """In each text that a caller, an agent or another system could have sent."""
    await sql.execute("UPDATE person SET name = $1", HOSTILE)
    await sql.execute(
        "UPDATE ticket SET fields = jsonb_build_object('city', $1::text, 'x', $1::text), "
        "owner = $1, tags = ARRAY[$1], reason = $1",
        HOSTILE,
    )
    await sql.execute("UPDATE ticket_event SET actor = $1, note = $1, was = $1", HOSTILE)
    await sql.execute("UPDATE call_step SET step = $1, event = $1, detail = $1", HOSTILE)
    await sql.execute("UPDATE call SET caller = $1", HOSTILE)
    await sql.execute("UPDATE callback SET type = 'slot', queue = $1", HOSTILE)
    await sql.execute("UPDATE desk_user SET name = $1", HOSTILE)
    await sql.execute(
        "INSERT INTO ticket_view SELECT gen_random_uuid(), id, left($1, 60), $1, true, now() "
        "FROM desk_user",
        HOSTILE,
    )
    await sql.execute(
        "INSERT INTO desk_draft SELECT id, form, jsonb_build_object("
        "'category', 'INFO', 'field.question', $1::text, 'text', $1::text, 'name', $1::text), "
        "now() FROM desk_user, unnest($2::text[]) AS form",
        HOSTILE,
        ["ticket.new", f"ticket.note.{OPEN}"],
    )
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    for path in (
        "/tickets",
        f"/tickets/{OPEN}",
        f"/tickets/{SECRET}",
        f"/tickets/{ANONYMOUS}",
        "/tickets/new?category=INFO",
        "/tickets/new",
    ):
        await page.goto(path)
        await expect(page.locator("h1")).to_be_visible()
        assert await page.evaluate("globalThis.ran") is None, path
    await page.goto(f"/tickets/{OPEN}")
    await expect(page.locator(".story")).to_contain_text("onerror")
    assert complaints == []
