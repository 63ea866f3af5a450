"""Every page in a real browser: nothing for axe to find, nothing wider than a narrow screen, no
script or style refused, and all of it by the keyboard."""

import os
import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from config.calendar_edit import with_override
from config.settings import Settings
from tests.store.producers import producer
from tests.store.told import BUDI, SITI
from tests.web.conftest import NOW
from tests.web.fake_phone import SARI, FakePhone, has_phones, rings, stay, talks
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, Seeded, seed, stand_in_queue
from tests.web.test_producers import ROW, table
from tests.web.visitor import PASSWORD, Visitors
from tickets.desk import PostgresDesk
from tickets.producers import tables
from tickets.rights import Role
from tickets.store import Connection

MENU_TEXT = Path("config/flows/hotline.yaml").read_bytes()
OTHER_TEXT = MENU_TEXT.replace(b"set: {category: GANTI}", b"set: {category: INFO}", 1)
MENU, OTHER_MENU = (sha256(text).hexdigest()[:8] for text in (MENU_TEXT, OTHER_TEXT))
AXE = Path(__file__).with_name("vendored") / "axe.js"
FIND = """
async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return found.violations.map(({ id, nodes }) =>
    `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join(" | ")}`);
}
"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PATHS = (
    "/tickets",
    "/tickets?order=deadline&q=bandng",
    "/tickets?q=nothing-at-all",
    f"/tickets/{OPEN}",
    f"/tickets/{SECRET}",
    f"/tickets/{ANONYMOUS}",
    "/people",
    "/people?name=nobody-at-all",
    "/people/{person}?like=budi",
    "/producers",
    "/producers/import",
    "/producers/import/{import}",
    "/producers/{producer}/edit",
    "/producers/{producer}",
    "/callbacks",
    "/callbacks?view=cancelled",
    "/callbacks/{callback}",
    "/calls",
    "/calls/{call}",
    "/trainings",
    "/trainings/{training}",
    "/trainings/owed",
    "/handovers?view=all",
    "/handovers/{handover}",
    f"/tickets/{OPEN}/handovers",
    f"/tickets/{SECRET}/handovers",
    "/partners",
    "/partners/{partner}",
    "/tickets/new",
    "/tickets/new?category=GANTI",
    "/work",
    "/wall",
    "/insight?day=2026-11-27",
    "/month",
    "/queues",
    "/agents?day=2026-11-27",
    "/reports?day=2026-11-27&span=week",
    "/calendar?year=2027&day=2027-03-10",
    "/calendar?year=2026&edit=0",
    "/flows",
    f"/flows/{MENU}?than={OTHER_MENU}",
    f"/flows/{MENU}/try?at=2026-11-27T10:00&keys=1~1~",
    "/flows/new",
    "/health",
    "/audit",
    "/account",
    "/account/tokens",
    "/nothing-here",
)
SHORT = {day: ["08:00-15:00"] for day in ("monday", "tuesday", "wednesday", "thursday")}
OVERRIDES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("Pindah kantor", "2026-12-04", "2026-12-05", {"closed": True}),
    ("Layanan Sabtu", "2026-12-12", "2026-12-12", {"hours": ["09:00-12:00"]}),
    ("Ramadan 1448 H", "2027-02-08", "2027-03-08", {"week": SHORT}),
)
OPERATORS = ("/users", "/users/the-supervisor", "/webhooks", "/health", "/wall")
SIZES = {"wide": (1280, 800), "narrow": (320, 640)}
SHOTS = os.environ.get("SALURAN_SCREENSHOTS")
"""A folder for pictures of every page, for people to look at."""


@pytest.fixture
async def context(
    browser: Browser,
    visitors: Visitors,
    desk: PostgresDesk,
    sql: Connection,
    phone: FakePhone,
    menu_settings: Settings,
) -> AsyncIterator[BrowserContext]:
    """A supervisor whose phone rings, with another caller who waits."""
    seeded = await seed(desk)
    await stand(sql, seeded)
    await hand_over(sql)
    ringing = rings(SARI, stay(call=seeded.open.id))
    phone.shows(ringing, talks(stay(call=seeded.secret.id)), waiting=(stay(call=seeded.secret.id),))
    await has_phones(sql)
    await stand_in_queue(sql, seeded, NOW)
    _differs(menu_settings.files.calendar)
    await sql.execute(
        "INSERT INTO flow_version (name, version, content, note, added_by) "
        "VALUES ('hotline', $1, $2, 'Harga dulu', 'sari')",
        OTHER_MENU,
        OTHER_TEXT.decode(),
    )
    await visitors.user(Role.SUPERVISOR)
    await sql.execute("UPDATE desk_user SET extension = '6001'")
    async with await browser.new_context(base_url=visitors.address) as context:
        yield context


def _differs(calendar: Path) -> None:
    """Each kind of override."""
    text = calendar.read_text()
    for name, first, last, more in OVERRIDES:
        dates = {"name": name, "source": "Surat Edaran 1", "from": first, "until": last}
        text = with_override(text, dates | more)
    calendar.write_text(text)


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    """Signed in by the keyboard alone."""
    page = await context.new_page()
    await page.goto("/tickets")
    await expect(page.locator("[name=login]")).to_be_focused()
    await page.keyboard.type("the-supervisor")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Tiket")
    return page


async def stand(sql: Connection, seeded: Seeded) -> None:
    """One callback is late and was tried, people have names, and one has two numbers."""
    late = NOW - timedelta(minutes=40)
    await sql.execute(
        "UPDATE callback SET promised = $2 WHERE id = $1::text::uuid", seeded.open_callback, late
    )
    await sql.execute(
        "INSERT INTO callback_attempt (id, callback, dialled_at, agent, phone, result, at) "
        "VALUES (gen_random_uuid(), $1::text::uuid, $2, '6001', $3, 'no_answer', $2)",
        seeded.open_callback,
        late,
        SITI,
    )
    for phone, name in ((SITI, "Siti Aminah"), (BUDI, "Budi Santoso")):
        name_it = "UPDATE person SET name = $2 FROM phone WHERE person = person.id AND number = $1"
        await sql.execute(name_it, phone, name)
    await sql.execute(TRAINING, NOW + timedelta(days=5))
    await sql.execute(SIGNUPS, SITI, BUDI)
    await sql.execute(
        "INSERT INTO phone (number, person) SELECT '+6281322223333', person FROM phone "
        "WHERE number = $1",
        SITI,
    )
    await producer(
        sql,
        "9000000000001",
        packages=[2_000_000, 5_000_000],
        contact_phone="+6281100001001",
        returns="tukar ukuran dalam 7 hari",
        catalogue="https://produsen.example/katalog",
    )
    await sql.execute(
        "INSERT INTO producer_import (actor, name, content) "
        "VALUES ('the-supervisor', 'produsen-dinas.csv', $1)",
        tables.read(table(ROW, ROW | {"nib": "1"}, ROW | {"nib": "2" * 13, "city": "X"})).packed(),
    )


TRAINING = """
INSERT INTO training_session (id, title, city, starts_at, ends_at, zone, seats, made_by, made_at)
VALUES (
    gen_random_uuid(), 'Menjahit pola dasar', 'Makassar', $1, $1::timestamptz + interval '3 hours',
    'WITA', 1, 'sari', $1
)
"""
SIGNUPS = """
INSERT INTO training_signup (id, session, person, phone, channel, state, told, asked_at)
SELECT gen_random_uuid(), session.id, phone.person, number, 'call', state, told, session.made_at
FROM training_session AS session, phone
JOIN (VALUES ($1, 'seated', 'waiting'), ($2, 'waiting', 'waiting')) AS one (who, state, told)
    ON one.who = phone.number
"""


async def hand_over(sql: Connection) -> None:
    """One institution has a ticket and has answered late, another one may be told by law."""
    share = "INSERT INTO partner_share (partner, enforces, category, fields, law) "
    for name, kind, category, fields, law in (
        ("Kemenperin IKFT", "industry", "GANTI", ["city", "name", "phone"], ""),
        ("Bea Cukai", "customs", "SELUNDUP", ["place", "time"], "UU 17/2006"),
        ("Smesco", "market", "GANTI", ["city", "wish"], "Permen 1"),
    ):
        partner = await sql.fetchval(
            "INSERT INTO partner (id, name, kind, contact, answer_days, secret, made_by, "
            "created_at) VALUES (gen_random_uuid(), $1, $2, 'Ibu Rina', 5, '', 'sari', $3) "
            "RETURNING id",
            name,
            kind,
            NOW,
        )
        values = "SELECT id, enforces, $2, $3, $4 FROM partner WHERE id = $1"
        await sql.execute(share + values, partner, category, fields, law)
    await sql.execute(
        "INSERT INTO handover (id, ticket, partner, way, state, note, made_by, made_at, due, "
        "sent_at, told) SELECT gen_random_uuid(), ticket.id, partner.id, 'file', 'accepted', "
        "'mohon dibantu', 'sari', $1, $2, $1, ARRAY['city', 'name'] "
        "FROM ticket, partner WHERE partner.kind = 'industry' AND ticket.number = $3",
        NOW - timedelta(days=9),
        NOW - timedelta(days=2),
        OPEN,
    )
    await sql.execute(
        "INSERT INTO handover_answer (id, handover, answer, note, by_whom, at, partner) "
        "SELECT gen_random_uuid(), id, 'accepted', 'akan dihubungi', 'sari', $1, partner "
        "FROM handover",
        NOW - timedelta(days=8),
    )


async def places(sql: Connection) -> dict[str, str]:
    """Names in `PATHS`."""
    person = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    call = await sql.fetchval("SELECT id FROM call WHERE phone = $1", SITI)
    callback = await sql.fetchval("SELECT id FROM callback WHERE phone = $1", SITI)
    listed = await sql.fetchval("SELECT id FROM producer")
    file = await sql.fetchval("SELECT id FROM producer_import")
    training = await sql.fetchval("SELECT id FROM training_session")
    partner = await sql.fetchval("SELECT id FROM partner WHERE enforces")
    handover = await sql.fetchval("SELECT id FROM handover")
    return {
        **{"person": person, "call": call, "callback": callback},
        **{"producer": listed, "import": file, "training": training},
        **{"partner": partner, "handover": handover},
    }


async def looks(page: Page, paths: Sequence[str]) -> list[str]:
    """What axe, or a ruler, finds in both languages and at both widths."""
    found: list[str] = []
    for language in ("id", "en"):
        for name, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            for path in paths:
                await page.goto(path)
                assert await page.locator("html").get_attribute("lang") == language
                if SHOTS:
                    picture = re.sub(r"[^a-z0-9]+", "-", path)[1:40]
                    file = Path(SHOTS) / f"{language}-{name}-{picture}.png"
                    await page.screenshot(path=file, full_page=True)
                found += [f"{path} {name}: {one}" for one in await page.evaluate(FIND)]
                if (wide := await page.evaluate(WIDE)) > 0:
                    found.append(f"{path} {name}: {wide} pixels too wide")
        await page.goto("/account")
        await page.locator('button[name="language"]').click()
    return found


async def test_every_page_in_both_languages_and_at_both_widths(page: Page, sql: Connection) -> None:
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.add_init_script(path=AXE)
    named = await places(sql)
    assert await looks(page, [path.format(**named) for path in PATHS]) == []
    assert [one for one in complaints if "404" not in one] == []


async def test_the_operators_pages_with_what_is_shown_once(
    context: BrowserContext, visitors: Visitors, sql: Connection
) -> None:
    page = await context.new_page()
    await page.add_init_script(path=AXE)
    await page.goto("/sign-in")
    await page.locator('[name="login"]').fill(await visitors.user(Role.OPERATOR))
    await page.locator('[name="password"]').fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Papan pantau")
    assert await looks(page, (*OPERATORS, f"/webhooks/{await told(sql)}")) == []
    await page.goto("/users/the-supervisor")
    await page.locator('form[action$="/password"] button').click()
    await expect(page.locator("code.secret")).to_be_visible()
    assert await page.evaluate(FIND) == []
    assert await page.evaluate(WIDE) <= 0


async def told(sql: Connection) -> str:
    """A webhook that took something, has something to be told, and has failed for a while."""
    return str(
        await sql.fetchval(
            """
            WITH hook AS (
                INSERT INTO webhook (
                    name, url, kinds, scopes, secret, made_by, failing_since, failures
                )
                VALUES (
                    'crm', 'https://crm.example.go.id/saluran', '{ticket,call}',
                    '{tickets.read,calls.read}', '', 'the-supervisor', $1, 2
                )
                RETURNING id
            ), events AS (
                INSERT INTO outbox (kind, subject, at)
                SELECT kind, gen_random_uuid(), $1
                FROM unnest('{ticket.opened,ticket.moved,call.ended}'::text[]) AS kind
                RETURNING id, seq, kind
            ), told AS (
                INSERT INTO webhook_delivery (webhook, event, seq, state, attempts, status, problem)
                SELECT hook.id, events.id, events.seq, state, 2, status, problem
                FROM hook, events JOIN (
                    VALUES ('ticket.opened', 'delivered', 204, ''),
                        ('ticket.moved', 'failed', 500, ''),
                        ('call.ended', 'due', NULL, 'no answer within 10 s')
                ) AS came (kind, state, status, problem) USING (kind)
            )
            SELECT id FROM hook
            """,
            NOW,
        )
    )


async def test_the_page_to_sign_in(browser: Browser, visitors: Visitors) -> None:
    async with await browser.new_context(base_url=visitors.address) as context:
        page = await context.new_page()
        await page.add_init_script(path=AXE)
        for width, height in SIZES.values():
            await page.set_viewport_size({"width": width, "height": height})
            await page.goto("/sign-in")
            if SHOTS:
                await page.screenshot(path=Path(SHOTS) / f"sign-in-{width}.png")
            assert await page.evaluate(FIND) == []
            assert await page.evaluate(WIDE) <= 0


async def settles(page: Page) -> None:
    """Nobody presses a key within the moment that htmx takes to know the new page's forms and to
    give it the focus."""
    await expect(page.locator(".htmx-settling")).to_have_count(0)
    await expect(page.locator("main")).to_be_focused()


async def test_a_ticket_is_worked_on_by_the_keyboard_without_loading_the_page_anew(
    page: Page,
) -> None:
    await page.evaluate("globalThis.stays = true")
    await page.keyboard.press("Alt+Shift+KeyS")
    await page.keyboard.type("bandung")
    await page.keyboard.press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await settles(page)
    await page.locator("a[data-row]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(f"Tiket {OPEN}")
    await settles(page)
    await page.keyboard.press("Alt+Shift+KeyK")
    await page.keyboard.type("sudah ditelepon")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-notice]")).to_contain_text("Catatan sudah ditambahkan")
    await expect(page.locator("[data-notice]")).to_be_focused()
    await expect(page.locator(".story")).to_contain_text("sudah ditelepon")
    # htmx changed the body alone: a call in the page would have gone on.
    assert await page.evaluate("globalThis.stays") is True
    await page.locator("[data-keys-help]").click()
    await expect(page.locator("#keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()


async def test_nothing_that_was_written_runs(page: Page, sql: Connection) -> None:
    await page.goto(f"/tickets/{OPEN}")
    hostile = '"\'><img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>'
    await page.locator("#text").fill(hostile)
    await page.locator("form:has(#text) button").click()
    await expect(page.locator("[data-notice]")).to_be_visible()
    await expect(page.locator(".story")).to_contain_text("onerror")
    await page.reload()
    assert await page.evaluate("globalThis.ran") is None
    await sql.execute("UPDATE person SET name = $1", hostile)
    texts = "name = $1, brand = $1, city = $1, products = ARRAY[$1], returns = $1"
    await sql.execute(f"UPDATE producer SET {texts}, contact_name = $1", hostile)  # noqa: S608
    await sql.execute("UPDATE producer_import SET name = $1", hostile)
    await sql.execute("UPDATE call SET caller = $1, last_step = $1, flow = $1", hostile)
    await sql.execute("UPDATE call_step SET event = 'key', detail = $1", hostile)
    await sql.execute("UPDATE callback_attempt SET agent = $1, result = $1", hostile)
    await sql.execute(
        "INSERT INTO audit_entry (who, did, subject, address) VALUES ($1, $1, $1, $1)", hostile
    )
    named = await places(sql)
    for path in PATHS:
        await page.goto(path.format(**named))
        assert await page.evaluate("globalThis.ran") is None, path


async def test_the_year_has_one_stop_and_arrows_go_from_day_to_day(page: Page) -> None:
    await page.goto("/calendar?year=2026")
    today = page.locator('.date[aria-current="date"]')
    await expect(today).to_have_attribute("tabindex", "0")
    assert await page.locator('.date[tabindex="0"]').count() == 1
    await today.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#day h2")).to_have_text("Jum 4 Des 2026")
    # What belongs to another choice is not in the way.
    await expect(page.locator('[data-what="hours"]')).to_be_hidden()
    await page.locator('[name="what"][value="hours"]').check()
    await expect(page.locator('[data-what="hours"]')).to_be_visible()
    await page.locator('[name="name"]').fill("Pindah")
    await page.locator('[name="source"]').fill("surat")
    await page.locator('[name="hours"]').fill("pagi")
    await page.keyboard.press("Enter")
    await expect(page.locator("#form [data-notice]")).to_contain_text("tulis seperti 08:00-16:00")
    await expect(page.locator("#form [data-notice]")).to_be_focused()


async def test_a_menu_is_walked_by_pressing_its_keys(page: Page) -> None:
    await page.goto(f"/flows/{MENU}/try?at=2026-11-27T10:00&agents=true")
    await page.locator(".pad a", has_text="1").click()
    await expect(page.locator(".call")).to_contain_text("Setuju direkam")
    await settles(page)
    await page.locator(".pad a", has_text="5").click()
    await settles(page)
    await page.locator('[name="more"]').fill("26000018#")
    await page.keyboard.press("Enter")
    await expect(page.locator(".call .keyed")).to_have_count(3)
    await settles(page)
    await page.locator('[name="more"]').fill("1234#")
    await page.keyboard.press("Enter")
    await expect(page.locator(".call .keyed")).to_have_count(4)
    await expect(page.locator(".call .heard").last).to_contain_text("membatalkan")


async def test_a_choice_that_is_being_made_outlives_what_happens(
    page: Page, phone: FakePhone
) -> None:
    await page.goto("/wall")
    people = page.locator("#wall-people")
    await expect(people).to_contain_text("☎")
    choice = people.locator('[id^="do-6001-"]')
    await choice.select_option("log_out")
    phone.shows(SARI)
    await expect(people).not_to_contain_text("☎")
    await expect(choice).to_have_value("log_out")
