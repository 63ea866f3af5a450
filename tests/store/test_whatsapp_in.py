"""From what WhatsApp posts to tickets: once, in order, joined, asked, and kept apart."""

import asyncio
import json
from datetime import datetime, timedelta
from itertools import count

import pytest

from config.calendar import Calendar
from config.settings import CHECKOUT
from config.whatsapp_intake import load_intake
from tests.store.conftest import CALENDAR
from tests.store.told import FRIDAY_3, SITI, Call
from tests.store.whatsapp_told import NUMBER_ID, Trader, posted
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store
from tickets.whatsapp.inbox import Inbox
from tickets.whatsapp.work import Workshop

INTAKE = load_intake(CHECKOUT / "config/whatsapp_intake.yaml")
BSUID = "ID.13491208655302741918"


class Line:
    """The hotline's WhatsApp, worked by hand."""

    def __init__(self, store: Store, deadlines: Deadlines, sql: Connection) -> None:
        self._now, self._ticks = FRIDAY_3 + timedelta(hours=1), count()
        calendar = Calendar.load(CALENDAR)
        self.sql = sql
        self.inbox = Inbox(store, NUMBER_ID, self.clock)
        self.workshop = Workshop(store, deadlines, self.clock, lambda: calendar, lambda: INTAKE)

    def clock(self) -> datetime:
        return self._now + timedelta(milliseconds=next(self._ticks))

    def waits_until(self, at: datetime) -> None:
        self._now = at

    async def hears(self, *bodies: bytes) -> None:
        """Take them, and do all that is to be done; what we say is sent."""
        for body in bodies:
            await self.inbox.keep(body)
        while await self.inbox.sort():
            pass
        await self.works()

    async def works(self) -> None:
        await self.workshop.join()
        while await self.workshop.work_one():
            pass
        await self.sql.execute(
            "UPDATE whatsapp_message SET state = 'sent', sent_at = now() WHERE state = 'queued'"
        )

    async def said(self) -> list[str]:
        rows = await self.sql.fetch(
            "SELECT text FROM whatsapp_message WHERE direction = 'out' ORDER BY seq"
        )
        return [row["text"] for row in rows]

    async def heard(self) -> list[str]:
        rows = await self.sql.fetch(
            "SELECT text FROM whatsapp_message WHERE direction = 'in' ORDER BY at, seq"
        )
        return [row["text"] for row in rows]


@pytest.fixture
def line(store: Store, deadlines: Deadlines, sql: Connection) -> Line:
    return Line(store, deadlines, sql)


async def test_a_trader_is_asked_until_the_ticket_is_whole(line: Line, sql: Connection) -> None:
    siti = Trader()
    await line.hears(siti.writes("Dagangan saya disita, mau ganti produk lokal"))
    (ticket,) = await sql.fetch("SELECT * FROM ticket")
    assert (ticket["category"], ticket["channel"], ticket["phone"]) == ("UMUM", "whatsapp", SITI)
    (first,) = await line.said()
    assert ticket["number"] in first
    assert "paling lambat Rabu 2 Desember 2026" in first
    assert "1. Mencari produk lokal pengganti" in first
    content = json.loads(await sql.fetchval("SELECT content FROM whatsapp_message WHERE key > ''"))
    assert [one["title"] for one in content["buttons"]] == [
        "Cari produk lokal",
        "Sisa stok",
        "Lainnya",
    ]
    await line.hears(siti.presses(content["buttons"][0]["id"], "Cari produk lokal"))
    await line.hears(siti.writes("Bandung"), siti.writes("eh, kota Bandung"))
    await line.hears(siti.writes("lewati"))
    await line.hears(siti.writes("celana"))
    await line.hears(siti.writes("Ya, boleh."))
    (ticket,) = await sql.fetch("SELECT * FROM ticket")
    fields = json.loads(ticket["fields"])
    assert ticket["category"] == "GANTI"
    assert (fields["city"], fields.get("market"), fields["kind"]) == ("Bandung", None, "Pakaian")
    assert await sql.fetchval("SELECT consents(person, 'whatsapp') FROM ticket")
    assert "sudah lengkap" in (await line.said())[-1]
    assert await sql.fetchval("SELECT count(*) FROM whatsapp_intake") == 0
    edited = await sql.fetch("SELECT actor FROM ticket_event WHERE kind = 'edited'")
    assert [row["actor"] for row in edited] == ["caller"] * 3
    # From now on what they write joins it, and nobody is asked anything again.
    said = len(await line.said())
    await line.hears(siti.writes("kapan saya ditelepon?"))
    assert len(await line.said()) == said
    assert await sql.fetchval("SELECT count(*) FROM whatsapp_message WHERE ticket IS NULL") == 0


async def test_stock_is_confidential_from_the_answer_on(line: Line, sql: Connection) -> None:
    siti = Trader()
    await line.hears(siti.writes("punya dua ratus bal"))
    await line.hears(siti.writes("2."))
    row = await sql.fetchrow("SELECT category, confidential FROM ticket")
    assert tuple(row) == ("STOK", True)


async def test_who_does_not_answer_is_left_to_people(line: Line, sql: Connection) -> None:
    siti, budi = Trader(), Trader(phone="6281345678901", name="Budi")
    await line.hears(siti.writes("halo"), budi.writes("halo"))
    await line.hears(siti.writes("saya tidak mengerti"), budi.writes("PETUGAS"))
    assert "salah satu angka" in "".join(await line.said())
    await line.hears(siti.writes("tolong"))
    assert sum("akan membaca" in text for text in await line.said()) == 2
    assert await sql.fetchval("SELECT count(*) FROM whatsapp_intake") == 0
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 2


async def test_nothing_is_an_answer_before_the_question_was_sent(
    line: Line, sql: Connection
) -> None:
    siti = Trader()
    await line.inbox.keep(siti.writes("halo"))
    await line.inbox.sort()
    await line.workshop.work_one()
    await line.hears(siti.writes("2"))
    assert await sql.fetchval("SELECT category FROM ticket") == "UMUM"
    await line.hears(siti.writes("2"))
    assert await sql.fetchval("SELECT category FROM ticket") == "STOK"


async def test_outside_the_hours_it_is_said_when_somebody_reads(line: Line) -> None:
    saturday = FRIDAY_3 + timedelta(days=1)
    line.waits_until(saturday)
    await line.hears(Trader(at=saturday - timedelta(minutes=1)).writes("malam"))
    assert "mulai Senin 30 November 2026 pukul 08.00 WIB" in (await line.said())[0]


async def test_a_message_joins_the_open_ticket_of_a_call(
    line: Line, desk: PostgresDesk, sql: Connection
) -> None:
    # The last number is an old backup's: it is handed out again.
    call = Call("1795766400.1", SITI)
    call.begins()
    ticket = call.opens(1, category="GANTI")
    call.ends()
    await desk.apply(call.told)
    await line.hears(Trader().writes("ini foto pasarnya"))
    assert await sql.fetchval("SELECT ticket FROM whatsapp_message") == ticket
    assert await line.said() == []
    # A thumb up after its end is no matter of its own, a text is.
    await sql.execute("UPDATE ticket SET status = 'selesai'")
    await line.hears(Trader().writes("👍🏽"))
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1
    await line.hears(Trader().writes("ada masalah lagi"))
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 2


async def test_what_comes_again_or_late_is_there_once_and_in_order(
    line: Line, sql: Connection
) -> None:
    siti = Trader()
    bodies = [siti.writes(text) for text in ("satu", "dua", "tiga")]
    both = siti.posted(*siti.wrote)
    await line.hears(bodies[2], bodies[0], bodies[2], both)
    await line.hears(bodies[0], bodies[1])
    assert await line.heard() == ["satu", "dua", "tiga"]
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1
    assert len(await line.said()) == 1
    # The same bytes are the same request; nothing of what was read is kept twice.
    kept = await sql.fetch("SELECT body FROM whatsapp_webhook")
    assert [row["body"] for row in kept] == [None] * 4


async def test_who_hides_their_number_is_known_by_their_account(
    line: Line, sql: Connection
) -> None:
    hidden = Trader(phone=None, bsuid=BSUID, name="Bu Siti")
    await line.hears(hidden.writes("halo"))
    ticket = await sql.fetchrow("SELECT phone, anonymous, person FROM ticket")
    assert (ticket["phone"], ticket["anonymous"]) == (None, False)
    # Their number is known as a caller's already; then it comes along.
    await sql.execute(
        "WITH p AS (INSERT INTO person VALUES (gen_random_uuid(), 'Siti', now()) RETURNING id) "
        "INSERT INTO phone SELECT $1, id FROM p",
        SITI,
    )
    await line.hears(Trader(bsuid=BSUID, at=FRIDAY_3 + timedelta(minutes=1)).writes("lagi"))
    ticket = await sql.fetchrow(
        "SELECT phone, person.name FROM ticket JOIN person ON person.id = ticket.person"
    )
    assert tuple(ticket) == (SITI, "Siti")
    assert await sql.fetchval("SELECT count(*) FROM whatsapp_user") == 1
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1


async def test_an_account_that_was_only_written_to_is_the_one_that_answers(
    line: Line, sql: Connection
) -> None:
    await line.hears(Trader(phone=None, bsuid=BSUID).writes("halo"))
    await sql.execute(
        "WITH p AS (INSERT INTO person VALUES (gen_random_uuid(), NULL, now()) RETURNING id), "
        "f AS (INSERT INTO phone SELECT $1, id FROM p RETURNING person) "
        "INSERT INTO whatsapp_user (person, phone, met_at) SELECT person, $1, now() FROM f",
        SITI,
    )
    both = Trader(bsuid=BSUID, at=FRIDAY_3 + timedelta(minutes=1))
    await line.hears(both.writes("ini nomor saya"))
    (row,) = await sql.fetch("SELECT bsuid, phone FROM whatsapp_user")
    assert tuple(row) == (BSUID, SITI)


async def test_a_number_with_a_new_account_is_no_longer_the_old_ones(
    line: Line, sql: Connection
) -> None:
    await line.hears(Trader(bsuid=BSUID).writes("halo"))
    other = "ID.999"
    await line.hears(Trader(bsuid=other, at=FRIDAY_3 + timedelta(minutes=1)).writes("nomor baru"))
    rows = await sql.fetch("SELECT bsuid, phone FROM whatsapp_user ORDER BY met_at")
    assert [tuple(row) for row in rows] == [(BSUID, None), (other, SITI)]


async def test_stop_is_obeyed_and_never_opens_a_ticket(line: Line, sql: Connection) -> None:
    siti = Trader()
    await line.hears(siti.writes("Berhenti!"))
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 0
    assert not await sql.fetchval("SELECT granted FROM consent")
    await line.hears(siti.writes("mulai"))
    assert await sql.fetchval("SELECT consents(person, 'whatsapp') FROM whatsapp_user")
    proof = await sql.fetchval("SELECT proof FROM consent WHERE granted")
    assert proof == siti.wrote[-1]["id"]


HOSTILE = {
    "64 kB": "a" * 65_536,
    "more": "b" * 200_000,
    "emoji": "🧥👟👜" * 300,
    "right to left": "\u202egnp.exe\u202c مرحبا",
    "zero width": "\u200b\u200d\ufeff",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "nul": "a\x00b\x1b[31mc",
    "half": "\ud83d",
    "sql": "'; DROP TABLE ticket; --",
    "braces": "{number} {0} {{",
    "formula": '=HYPERLINK("http://x","y")',
}


async def test_hostile_texts_are_kept_as_texts(line: Line, sql: Connection) -> None:
    for number, text in enumerate(HOSTILE.values()):
        trader = Trader(phone=f"62812000{number:05d}")
        await line.hears(trader.writes(text), trader.writes(text), trader.writes(text))
    heard = set(await line.heard())
    assert {HOSTILE[name] for name in ("64 kB", "emoji", "right to left", "html", "sql")} <= heard
    assert {"a\ufffdb\ufffd[31mc", "\ufffd"} <= heard
    assert max(map(len, heard)) == 65_536
    assert await sql.fetchval("SELECT count(*) FROM ticket") == len(HOSTILE)
    assert await sql.fetchval("SELECT max(length(fields::text)) FROM ticket") < 3000


BROKEN = (
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"object": "page"}',
    b'{"object": "whatsapp_business_account", "entry": [{"changes": [{"value": 7}]}, 3]}',
    posted({"messages": [{"type": "text"}, 5, {"id": "wamid.x", "type": "text"}]}),
    posted({"messages": "no", "statuses": [{"id": "wamid.y", "status": "eaten"}]}),
)


async def test_what_cannot_be_read_is_kept_and_holds_up_nobody(line: Line, sql: Connection) -> None:
    siti = Trader()
    good = siti.message("text", {"body": "baik"})
    mixed = siti.posted({"id": "", "type": "text"}, good)
    other = posted({"messages": [siti.message("text", {"body": "x"})]}, number_id="1")
    await line.hears(*BROKEN, mixed, other)
    assert await line.heard() == ["baik"]
    kept = await sql.fetch("SELECT body, problem FROM whatsapp_webhook ORDER BY seq")
    assert sum(row["body"] is not None for row in kept) == 7
    assert all((row["body"] is None) == (row["problem"] == "") for row in kept)


async def test_a_burst_is_there_once_and_in_order(
    store: Store, line: Line, sql: Connection
) -> None:
    """As `scripts/bench whatsapp` does with ten thousand: duplicates, batches, several workers."""
    traders = [Trader(phone=f"62813000{n:05d}", name=str(n)) for n in range(30)]
    bodies = [t.writes(f"{t.name}-{n}") for n in range(10) for t in traders]
    repeated = [body for body in bodies for _ in range(2)]

    async def posts(some: list[bytes]) -> None:
        for body in some:
            await line.inbox.keep(body)

    async def works() -> None:
        for _ in range(40):
            await line.inbox.sort()
            await line.workshop.join()
            await line.workshop.work_one()

    await asyncio.gather(*(posts(repeated[n::4]) for n in range(4)), works(), works())
    await line.hears()
    assert await sql.fetchval("SELECT count(*) FROM whatsapp_message WHERE direction = 'in'") == 300
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 30
    rows = await sql.fetch(
        "SELECT array_agg(text ORDER BY at, seq) AS texts, count(DISTINCT ticket) AS tickets "
        "FROM whatsapp_message WHERE direction = 'in' GROUP BY whatsapp_user"
    )
    for row in rows:
        name = row["texts"][0].partition("-")[0]
        assert row["texts"] == [f"{name}-{n}" for n in range(10)]
        assert row["tickets"] == 1
