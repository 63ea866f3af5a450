"""WhatsApp's door on the running desk, the media behind it, and the thread on pages."""

import asyncio
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from config.calendar import Calendar
from config.settings import CHECKOUT
from config.whatsapp_intake import load_intake
from ivr.recordings import Recordings as StoredFiles
from tests.store.conftest import CALENDAR
from tests.store.whatsapp_told import NUMBER_ID, Trader, posted
from tests.web.conftest import NOW
from tests.web.graph import Graph
from tests.web.reader import Reader
from tests.web.seeded import OPEN, SECRET, seed
from tests.web.sounds import PNG
from tests.web.visitor import Reply, Visitor, Visitors
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection, Store
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.web.whatsapp_door import LARGEST, WEBHOOK, Door
from tickets.whatsapp.graph_media import GraphMedia
from tickets.whatsapp.inbox import Inbox
from tickets.whatsapp.media import LARGEST as LARGEST_MEDIUM
from tickets.whatsapp.media import MediaRoom
from tickets.whatsapp.work import Workshop
from tickets.whatsapp.worker import Worker

SECRET_KEY = b"the app's secret"
BOMB_PART = b"\0" * (64 * 1024 * 1024)


@pytest.fixture
async def meta() -> Graph:
    return Graph()


@pytest.fixture
async def worker(
    store: Store,
    deadlines: Deadlines,
    files: StoredFiles,
    the_time: Callable[[], datetime],
    meta: Graph,
) -> AsyncIterator[Worker]:
    calendar, intake = (
        Calendar.load(CALENDAR),
        load_intake(CHECKOUT / "config/whatsapp_intake.yaml"),
    )
    async with meta.open() as address:
        yield Worker(
            Inbox(store, NUMBER_ID, the_time),
            Workshop(store, deadlines, the_time, lambda: calendar, lambda: intake),
            MediaRoom(store, GraphMedia(address, "the token"), files, the_time),
        )


@pytest.fixture
def app(web_desk: Desk, options: Options, worker: Worker) -> web.Application:
    door = Door(
        app_secret=SECRET_KEY,
        verify_token="the words",
        keep=worker.inbox.keep,
        came=worker.wake,
    )
    return make_app(web_desk, replace(options, whatsapp=door, stranger_rate=0.5))


async def post(visitor: Visitor, body: bytes, key: bytes = SECRET_KEY) -> Reply:
    """As WhatsApp does."""
    signature = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
    async with visitor.session.post(WEBHOOK, data=body, headers=headers) as response:
        return Reply(response.status, response.headers, await response.text())


async def works(worker: Worker) -> None:
    """All that is to be done now."""
    while await worker.inbox.sort():
        pass
    await worker.workshop.join()
    while await worker.workshop.work_one():
        pass
    while await worker.media.fetch_one():
        pass


async def test_the_door_opens_to_who_signs_and_to_nobody_else(
    visitors: Visitors, worker: Worker, sql: Connection
) -> None:
    meta = visitors.stranger()
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": "the words",
        "hub.challenge": "1158201444",
    }
    for more, answer in (({}, "1158201444"), ({"hub.verify_token": "others"}, None)):
        async with meta.session.get(WEBHOOK, params=asked | more) as response:
            text = await response.text()
            assert (response.status, text) == (200, answer) if answer else response.status == 403
    body = Trader().writes("halo")
    kept = "SELECT count(*) FROM whatsapp_webhook"
    assert (await post(meta, body, key=b"guessed")).status == 403
    async with meta.session.post(WEBHOOK, data=body) as response:
        assert response.status == 403
    # The same JSON in other bytes is not what was signed.
    signature = "sha256=" + hmac.new(SECRET_KEY, body, hashlib.sha256).hexdigest()
    other = json.dumps(json.loads(body), indent=1).encode()
    async with meta.session.post(
        WEBHOOK, data=other, headers={"X-Hub-Signature-256": signature}
    ) as response:
        assert response.status == 403
    huge = b"x" * (LARGEST + 1)
    assert (await post(meta, huge)).status == 413
    assert await sql.fetchval(kept) == 0
    # However often it comes, and from an address of which no stranger may ask so much.
    for _ in range(100):
        assert (await post(meta, body)).status == 200
    assert await sql.fetchval(kept) == 1
    assert (await post(meta, Trader().writes("a" * 65_536))).status == 200
    await works(worker)
    assert await sql.fetchval("SELECT count(*) FROM whatsapp_message WHERE direction = 'in'") == 2


async def test_the_running_worker_tells_the_page(
    visitors: Visitors, worker: Worker, sql: Connection
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    await sql.add_listener("saluran_desk", lambda *told: heard.put_nowait(str(told[3])))
    running = asyncio.create_task(worker.run())
    try:
        assert (await post(visitors.stranger(), Trader().writes("halo"))).status == 200
        number = await sql.fetchval("SELECT number FROM ticket")
        while True:
            told = json.loads(await heard.get())
            number = number or await sql.fetchval("SELECT number FROM ticket")
            joined = "SELECT count(*) FROM whatsapp_message WHERE ticket IS NOT NULL"
            if told["kind"] == "ticket" and await sql.fetchval(joined):
                assert told["number"] == number
                break
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def document(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (("[Content_Types].xml", b"x"), *parts):
            file.writestr(name, content)
    return out.getvalue()


async def test_media_are_looked_at_before_they_are_kept(
    visitors: Visitors, worker: Worker, meta: Graph, sql: Connection, files: StoredFiles
) -> None:
    siti = Trader()
    bomb = document(*((f"word/{name}", BOMB_PART) for name in ("document.xml", "a", "b", "c")))
    sent = {
        "1": ("image", meta.has("1", PNG), "kept", ""),
        "2": ("document", meta.has("2", document(("word/document.xml", b"x"))), "kept", ""),
        "3": ("image", meta.has("3", PNG + b"<script>alert(1)</script>"), "refused", "kind"),
        "4": ("image", meta.has("4", b"<svg onload='alert(1)'/>"), "refused", "kind"),
        "5": ("document", meta.has("5", bomb), "refused", "kind"),
        # Said to be large: not a byte of it is asked for.
        "6": ("video", meta.has("6", b"x", file_size=100 * 1024 * 1024), "refused", "large"),
        "7": ("video", meta.has("7", b"\0" * 2**20, file_size=1, endless=True), "refused", "large"),
        "8": ("audio", "8", "lost", "gone"),
        "9": ("audio", meta.has("9", b"OggS" + b"x" * 99), "kept", ""),
    }
    assert len(bomb) < LARGEST_MEDIUM
    # The address that the id first leads to has ended; the id leads to another.
    meta.expired.add("1")
    for id_, (kind, _, _, _) in sent.items():
        siti.message(kind, {"id": id_, "mime_type": "x/y", "caption": f"berkas {id_}"})
    assert (await post(visitors.stranger(), siti.posted(*siti.wrote))).status == 200
    await works(worker)
    await sql.execute("UPDATE whatsapp_message SET media_due_at = now() WHERE media_state = 'due'")
    await works(worker)
    rows = await sql.fetch("SELECT * FROM whatsapp_message WHERE direction = 'in' ORDER BY seq")
    found = {row["media_id"]: (row["media_state"], row["media_why"]) for row in rows}
    assert found == {id_: (state, why) for id_, (_, _, state, why) in sent.items()}
    # Of the endless one no more than the limit, and what was on its way.
    assert meta.sent < 2 * LARGEST_MEDIUM + len(bomb)
    kept = await sql.fetch("SELECT stored, kind, name, actor FROM attachment ORDER BY name")
    assert [row["name"] for row in kept] == ["dokumen.docx", "gambar.png", "pesan-suara.ogg"]
    assert {row["actor"] for row in kept} == {"caller"}
    assert files.read(kept[1]["stored"]) == PNG
    number = await sql.fetchval("SELECT number FROM ticket")
    reader = Reader(await visitors.signed_in(Role.AGENT))
    page = await reader.opens(f"/tickets/{number}")
    assert page.text.count("/api/v1/attachments/") == 3
    assert "ditolak · terlalu besar" in page.plain
    auditor = Reader(await visitors.signed_in(Role.AUDITOR))
    assert "/api/v1/attachments/" not in (await auditor.opens(f"/tickets/{number}")).text


async def test_the_token_goes_to_whatsapps_servers_alone() -> None:
    source = GraphMedia("https://graph.facebook.com/v24.0", "the token")
    leads = source._may_lead_to
    assert leads("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1")
    assert leads("https://graph.facebook.com/x")
    for url in (
        "http://lookaside.fbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://evil.example/.fbsbx.com",
        "https://lookaside.fbsbx.com@evil.example/",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "https://[",
    ):
        assert not leads(url), url


async def test_the_thread_is_seen_by_who_may_see_its_tickets(
    visitors: Visitors, worker: Worker, desk: PostgresDesk, sql: Connection
) -> None:
    await seed(desk)
    # Budi's only ticket is confidential; Siti's can be read by all.
    siti, budi = Trader(at=NOW - timedelta(hours=1)), Trader("6281345678901", name="Budi")
    evil = "<script>alert(1)</script> \u202etxt.exe"
    for body in (siti.writes(evil), siti.writes("\u200b"), budi.writes("bal rahasia saya")):
        assert (await post(visitors.stranger(), body)).status == 200
    await works(worker)
    await sql.execute(
        "INSERT INTO whatsapp_message "
        "(whatsapp_user, ticket, direction, kind, text, at, state, key, actor, due_at, failed_at, "
        "error_code, error) SELECT whatsapp_user, ticket, 'out', 'text', 'Baik, Bu', at, 'failed', "
        "'k', 'sari', at, at, 131047, 'Re-engagement message' FROM whatsapp_message "
        "WHERE text LIKE '<script%'"
    )
    agent = Reader(await visitors.signed_in(Role.AGENT))
    liaison = Reader(await visitors.signed_in(Role.LIAISON))
    page = await agent.opens(f"/tickets/{OPEN}")
    assert evil in page.plain
    assert "<script>alert(1)" not in page.text
    assert '<bdi class="note" dir="auto">' in page.text
    assert "gagal" in page.plain
    assert "131047" in page.plain
    assert "bal rahasia saya" in (await agent.opens(f"/tickets/{SECRET}")).plain
    people = {
        row["phone"]: row["person"]
        for row in await sql.fetch("SELECT phone, person FROM whatsapp_user")
    }
    theirs = f"/people/{people['+6281345678901']}"
    assert "bal rahasia saya" in (await agent.opens(theirs)).plain
    assert (await liaison.opens(theirs)).status == 404
    assert (await liaison.visitor.get(f"{theirs}/messages")).status == 404
    # Who may not know who is anonymous is not told by what they sent.
    await sql.execute("UPDATE ticket SET anonymous = true WHERE number = $1", OPEN)
    card = siti.sends("contacts", [{"name": {"formatted_name": "Siti A."}}])
    assert (await post(visitors.stranger(), card)).status == 200
    await works(worker)
    assert "Siti A." in (await agent.opens(f"/tickets/{OPEN}")).plain
    assert "Siti A." not in (await liaison.opens(f"/tickets/{OPEN}")).plain
    await sql.execute("UPDATE ticket SET anonymous = false WHERE number = $1", OPEN)
    # With another ticket of theirs that can be read, the confidential one's messages stay away.
    await sql.execute(
        "UPDATE ticket SET person = $1 WHERE number = $2", people["+6281345678901"], OPEN
    )
    mine = await liaison.opens(theirs)
    assert mine.status == 200
    assert "bal rahasia saya" not in mine.plain
    assert "Baik, Bu" not in mine.plain
    told = await agent.visitor.get(f"{theirs}/messages")
    assert [one["text"] for one in told.json] == ["bal rahasia saya"]
    read = "SELECT count(*) FROM audit_entry WHERE did = 'ticket.read' AND subject = $1"
    assert await sql.fetchval(read, SECRET) == 1


async def test_no_log_has_a_whole_number(
    visitors: Visitors, worker: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Trader(bsuid="ID.1")
    for body in (
        first.writes("halo 081234567890"),
        Trader(bsuid="ID.2").writes("nomor saya sekarang"),
        posted({"messages": [{"id": "x y", "from": "6281234567890"}]}),
    ):
        assert (await post(visitors.stranger(), body)).status == 200
    await works(worker)
    logged = capsys.readouterr().out
    assert "whatsapp.number_moved" in logged
    assert "81234567890" not in logged
