"""The desk of tickets: opened by category, drafts, the thread, files, views, split, duplicates."""

import json
from datetime import timedelta

import pytest

from ivr.recordings import Recordings as StoredFiles
from tests.store.told import FRIDAY_3, SITI, Call
from tests.web.reader import Reader
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, Seeded, seed
from tests.web.sounds import PNG, has_sound, wav
from tests.web.visitor import PASSWORD, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.ticket_form import FIELDS

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def reader(seeded: Seeded, visitors: Visitors) -> Reader:
    return Reader(await visitors.signed_in(Role.SUPERVISOR))


@pytest.mark.parametrize("category", FIELDS)
async def test_a_new_ticket_asks_only_for_what_its_category_needs(
    reader: Reader, category: str
) -> None:
    page = await reader.opens(f"/tickets/new?category={category}")
    for name in {name for names in FIELDS.values() for name in names}:
        assert (f'name="field.{name}"' in page.text) == (name in FIELDS[category]), name


async def test_a_ticket_is_opened_once_however_often_its_form_is_sent(
    reader: Reader, sql: Connection
) -> None:
    page = await reader.opens("/tickets/new?category=GANTI&phone=081234567890")
    assert 'value="081234567890"' in page.text
    fields = {
        "category": "GANTI",
        "phone": "081234567890",
        "name": "Siti",
        "channel": "visit",
        "field.city": "Solo",
        "field.account": "tidak ditanyakan",
        "comment": "datang sendiri",
        "mine": "on",
        "once": page.hidden("once"),
    }
    before = await sql.fetchval("SELECT count(*) FROM ticket")
    page = await reader.sends("/tickets/new", fields=fields)
    assert page.heading.startswith("Tiket ")
    assert 'name="field.city" value="Solo"' in page.text
    assert "datang sendiri" in page.plain
    again = await reader.sends("/tickets/new", fields=fields)
    assert again.heading == page.heading
    assert await sql.fetchval("SELECT count(*) FROM ticket") == before + 1
    row = await sql.fetchrow("SELECT * FROM ticket WHERE channel = 'visit'")
    assert (row["owner"], json.loads(row["fields"])) == ("the-supervisor", {"city": "Solo"})
    # Of the same person there is a ticket already, which is told.
    assert "Mungkin laporan yang sama" in page.plain
    assert OPEN in page.plain


async def test_what_is_typed_outlives_a_reload_a_session_and_a_refusal(
    reader: Reader, visitors: Visitors, sql: Connection
) -> None:
    typed = {"category": "INFO", "phone": "12", "field.question": "apa aturannya", "once": "1"}
    kept = await reader.sends("/drafts/ticket.new", fields=typed)
    assert kept.status == 200
    assert "apa aturannya" in (await reader.opens("/tickets/new?category=INFO")).text
    assert "Ada isian yang belum dikirim" in (await reader.opens("/tickets/new")).plain
    page = await reader.sends("/tickets/new", fields=typed)
    assert "nomor telepon" in page.notice
    assert "apa aturannya" in page.text
    # The session is over.
    await sql.execute("DELETE FROM desk_session")
    lost = await reader.sends("/drafts/ticket.new", fields=typed, headers={"HX-Request": "true"})
    assert (lost.status, lost.headers["HX-Redirect"]) == (401, "/sign-in")
    again = Reader(visitors.stranger())
    await again.signs_in("the-supervisor", PASSWORD)
    page = await again.opens("/tickets/new?category=INFO")
    assert "apa aturannya" in page.text
    # It is nobody else's.
    other = Reader(await visitors.signed_in(Role.AGENT))
    assert "apa aturannya" not in (await other.opens("/tickets/new?category=INFO")).text
    await again.sends("/tickets/new", fields=typed | {"phone": "081299988877"})
    assert "apa aturannya" not in (await again.opens("/tickets/new?category=INFO")).text


async def test_a_draft_that_is_too_long_is_refused(reader: Reader) -> None:
    fields = {f"field.f{n}": "x" * 2000 for n in range(30)}
    assert (await reader.sends("/drafts/ticket.new", fields=fields)).status == 422
    assert (await reader.sends("/drafts/another", text="x")).status == 404


async def test_who_may_not_open_tickets_or_confidential_ones(visitors: Visitors) -> None:
    auditor = Reader(await visitors.signed_in(Role.AUDITOR))
    assert (await auditor.opens("/tickets/new")).status == 403
    assert (await auditor.sends("/tickets/new", category="INFO")).status == 403
    assert (await auditor.sends("/drafts/ticket.new", text="x")).status == 403
    liaison = Reader(await visitors.signed_in(Role.LIAISON))
    page = await liaison.opens("/tickets/new")
    assert "category=GANTI" in page.text
    assert "category=STOK" not in page.text
    assert 'name="field.amount"' not in (await liaison.opens("/tickets/new?category=STOK")).text


async def test_a_thread_tells_everything_in_the_order_in_which_it_happened(
    reader: Reader, visitors: Visitors, sql: Connection, files: StoredFiles
) -> None:
    recording = await has_sound(sql, files, OPEN, wav())
    page = await reader.opens(f"/tickets/{OPEN}")
    await reader.sends(
        f"/tickets/{OPEN}/fields",
        fields={"version": page.hidden("version"), "field.city": "Solo", "was.city": "Bandung"},
    )
    await reader.sends(f"/tickets/{OPEN}/comments", text="sudah ditelepon")
    page = await reader.opens(f"/tickets/{OPEN}")
    told = page.plain.partition("Riwayat")[2]
    order = ["Panggilan", "Dibuka", "Telepon balik", "Pesan suara", "Diubah", "sudah ditelepon"]
    places = [told.index(words) for words in order]
    assert places == sorted(places), told
    assert "Bandung → Solo" in told
    assert "1 langkah di menu" in told
    assert f"/api/v1/recordings/{recording}/audio" in page.text
    # An auditor reads calls, and hears nobody.
    auditor = Reader(await visitors.signed_in(Role.AUDITOR))
    page = await auditor.opens(f"/tickets/{OPEN}")
    assert "Pesan suara" in page.plain
    assert "/api/v1/recordings/" not in page.text
    assert "1234567890" not in page.text + page.plain
    # A liaison reads no calls.
    liaison = Reader(await visitors.signed_in(Role.LIAISON))
    page = await liaison.opens(f"/tickets/{OPEN}")
    assert "langkah di menu" not in page.text
    assert "/api/v1/recordings/" in page.text
    assert "/api/v1/recordings/" not in (await liaison.opens(f"/tickets/{ANONYMOUS}")).text


async def test_a_file_is_attached_by_a_form_and_saved_from_the_thread(
    reader: Reader, sql: Connection
) -> None:
    here = f"/tickets/{OPEN}"
    page = await reader.sends_file(f"{here}/files", f"{HOSTILE}.png", PNG)
    assert "Berkas sudah dilampirkan" in page.notice
    assert "<script>alert" not in page.text
    assert "/api/v1/attachments/" in page.text
    page = await reader.sends_file(f"{here}/files", "x.html", b"<html><script>1</script>")
    assert "berkas" in page.notice
    assert await sql.fetchval("SELECT count(*) FROM attachment") == 1
    page = await reader.sends_file(f"{here}/files", "x.png", PNG, csrf="another")
    assert page.status == 403
    page = await reader.sends_file(f"{here}/files", "", b"")
    assert "berkas" in page.notice
    assert await sql.fetchval("SELECT count(*) FROM attachment") == 1


async def test_views_are_saved_shown_and_taken_away(reader: Reader, visitors: Visitors) -> None:
    query = "status=baru&category=GANTI&order=deadline&after=&nonsense=1"
    page = await reader.sends("/tickets/views", name="Ganti baru", query=query, shared="on")
    assert page.path == "/tickets?category=GANTI&order=deadline&status=baru"
    assert 'aria-current="true">Ganti baru' in page.text
    await reader.sends("/tickets/views", name="Punya saya", query="owned=true")
    agent = Reader(await visitors.signed_in(Role.AGENT))
    page = await agent.opens("/tickets")
    assert "Ganti baru dari The-Supervisor" in page.plain
    assert "Punya saya" not in page.text
    refused = await agent.sends("/tickets/views", name="Semua", query="q=a", shared="on")
    assert refused.status == 403
    page = await agent.sends("/tickets/views", name="Solo", query="q=solo")
    assert "Solo" in page.plain
    view = page.text.partition("/tickets/views/")[2].partition("/drop")[0]
    assert (await agent.sends(f"/tickets/views/{view}/drop")).status in (200, 404)
    bad = await reader.sends("/tickets/views", name="x", query="status=nonsense")
    assert bad.status == 422 or "status" in bad.notice
    shared = (await agent.visitor.get("/views")).json[-1]
    assert (shared["name"], shared["own"]) == ("Ganti baru", False)
    assert (await agent.visitor.delete(f"/views/{shared['id']}")).status == 404
    assert (await reader.visitor.delete(f"/views/{shared['id']}")).status == 204


async def test_duplicates_of_a_person_are_suggested_and_merged(
    reader: Reader, desk: PostgresDesk, visitors: Visitors
) -> None:
    call = Call("1795766400.9", SITI, at=FRIDAY_3 + timedelta(minutes=30))
    call.begins()
    call.opens(9, category="STOK", fields={"city": "Bandung"})
    call.ends("information")
    await desk.apply(call.told)
    number = (await reader.visitor.get(f"/tickets/{OPEN}/duplicates")).json[0]["number"]
    page = await reader.opens(f"/tickets/{OPEN}")
    assert f"Gabungkan {number} ke sini" in page.plain
    # Whose other ticket is confidential has none for who may not see that.
    liaison = await visitors.signed_in(Role.LIAISON)
    assert (await liaison.get(f"/tickets/{OPEN}/duplicates")).json == []
    assert number not in (await Reader(liaison).opens(f"/tickets/{OPEN}")).text
    # An agent sees it, and merges nothing.
    agent = Reader(await visitors.signed_in(Role.AGENT))
    page = await agent.opens(f"/tickets/{OPEN}")
    assert number in page.plain
    assert f"/tickets/{number}/merge" not in page.text
    seen = (await reader.opens(f"/tickets/{number}")).hidden("version")
    page = await reader.sends(f"/tickets/{number}/merge", version=seen, into=OPEN)
    assert page.heading == f"Tiket {OPEN}"
    assert f"Digabung ke sini: {number}" in page.plain
    assert (await reader.visitor.get(f"/tickets/{OPEN}/duplicates")).json == []
    # The call of the other one is in the thread now.
    assert page.plain.count("Panggilan +62") == 2


async def test_a_ticket_is_split_in_two(reader: Reader) -> None:
    version = (await reader.opens(f"/tickets/{OPEN}")).hidden("version")
    page = await reader.sends(
        f"/tickets/{OPEN}/split", version=version, category="KUR", comment="juga soal modal"
    )
    assert f"dipecah dari {OPEN}" in page.notice
    assert "juga soal modal" in page.plain
    assert f"Dipecah dari {OPEN}" in page.plain


async def test_macros_are_filled_with_what_the_ticket_says(reader: Reader, sql: Connection) -> None:
    await sql.execute("UPDATE person SET name = 'Siti {number}'")
    page = await reader.opens(f"/tickets/{OPEN}")
    assert (
        "Selamat datang di Saluran 1500-587, Siti {number}. Saya The-Supervisor. "
        f"Laporan Anda tercatat dengan nomor {OPEN}."
    ) in page.text
    assert "Tawaran produsen lokal" in page.text
    assert "Syarat KUR" not in page.text
    # Who asked to stay anonymous is named in no text.
    await sql.execute(
        "UPDATE ticket SET person = (SELECT id FROM person LIMIT 1) WHERE number = $1", ANONYMOUS
    )
    page = await reader.opens(f"/tickets/{ANONYMOUS}")
    assert "1500-587, Bapak/Ibu." in page.text


async def test_a_look_at_a_confidential_thread_is_noted(
    reader: Reader, sql: Connection, seeded: Seeded
) -> None:
    await reader.opens(f"/tickets/{SECRET}")
    did = await sql.fetch("SELECT did, subject FROM audit_entry WHERE did LIKE '%.read'")
    assert {tuple(row) for row in did} == {
        ("ticket.read", SECRET),
        ("call.read", str(seeded.secret.id)),
    }
