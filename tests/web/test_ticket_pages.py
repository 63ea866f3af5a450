"""Tickets on pages: found, moved alone and together, edited, commented, merged, unmerged."""

import pytest

from tests.web.reader import Reader
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, seed
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.lifecycle import CATEGORIES
from tickets.rights import Role
from tickets.ticket_form import FIELDS
from tickets.web.language import dictionaries

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture
async def reader(desk: PostgresDesk, visitors: Visitors) -> Reader:
    await seed(desk)
    return Reader(await visitors.signed_in(Role.SUPERVISOR))


def test_every_category_has_its_form_in_words() -> None:
    assert FIELDS.keys() == CATEGORIES
    words = dictionaries()["id"]
    assert all(f"ticket_field.{name}" in words for names in FIELDS.values() for name in names)


async def test_tickets_are_found_by_words_and_filters(reader: Reader) -> None:
    page = await reader.opens("/tickets")
    assert all(number in page.plain for number in (OPEN, SECRET, ANONYMOUS))
    page = await reader.opens("/tickets?q=bandung&status=&category=")
    assert OPEN in page.plain
    assert SECRET not in page.plain
    page = await reader.opens("/tickets?category=STOK&order=deadline")
    assert SECRET in page.plain
    assert "hari lagi" in page.plain
    assert (await reader.opens("/tickets?status=nonsense")).status == 422


async def test_who_may_not_see_the_confidential_finds_none(
    reader: Reader, visitors: Visitors
) -> None:
    auditor = Reader(await visitors.signed_in(Role.AUDITOR))
    page = await auditor.opens("/tickets")
    assert OPEN in page.plain
    assert SECRET not in page.plain
    assert (await auditor.opens(f"/tickets/{SECRET}")).status == 404
    assert 'name="became"' not in page.text


async def test_a_ticket_is_worked_on(reader: Reader) -> None:
    here = f"/tickets/{OPEN}"
    page = await reader.opens(here)
    version = page.hidden("version")
    page = await reader.sends(f"{here}/moves", version=version, became="verifikasi")
    assert "Status sudah dipindahkan" in page.notice
    version = page.hidden("version")
    page = await reader.sends(f"{here}/owner", version=version, owner="the-supervisor")
    page = await reader.sends(f"{here}/tags", version=page.hidden("version"), tags="Mendesak ulang")
    fields = {"version": page.hidden("version"), "field.city": "Cimahi", "field.wish": ""}
    page = await reader.sends(f"{here}/fields", fields=fields)
    assert "Isian sudah disimpan" in page.notice
    assert 'value="Cimahi"' in page.text
    assert "mendesak" in page.plain
    page = await reader.sends(f"{here}/comments", text="baris satu\r\nbaris dua")
    assert "baris satu baris dua" in page.plain


async def test_who_was_overtaken_sees_both_texts_and_chooses(reader: Reader) -> None:
    here = f"/tickets/{OPEN}"
    seen = (await reader.opens(here)).hidden("version")
    old = {"version": seen, "was.city": "Bandung", "was.wish": "mengganti dagangan"}
    await reader.sends(f"{here}/fields", fields=old | {"field.city": "Cimahi"})
    mine = old | {"field.city": "Garut", "field.wish": "mengganti dagangan"}
    page = await reader.sends(f"{here}/fields", fields=mine)
    assert page.status == 412
    assert page.heading == "Orang lain lebih dulu mengubahnya"
    assert "Cimahi" in page.plain
    assert "Garut" in page.plain
    # What was not touched is not in dispute.
    assert "field.wish" not in page.text
    now = await reader.opens(here)
    assert 'name="field.city" value="Cimahi"' in now.text
    chosen = {"version": page.hidden("version"), "was.city": "Cimahi", "field.city": "Garut"}
    page = await reader.sends(f"{here}/fields", fields=chosen)
    assert "Isian sudah disimpan" in page.notice
    assert 'name="field.city" value="Garut"' in page.text


async def test_two_who_change_different_fields_lose_neither(reader: Reader) -> None:
    here = f"/tickets/{OPEN}"
    old = {
        "version": (await reader.opens(here)).hidden("version"),
        "was.city": "Bandung",
        "was.wish": "mengganti dagangan",
    }
    await reader.sends(f"{here}/fields", fields=old | {"field.city": "Solo"})
    page = await reader.sends(
        f"{here}/fields", fields=old | {"field.city": "Bandung", "field.wish": "modal"}
    )
    assert page.status == 412
    assert "field.city" not in page.text
    chosen = {"version": page.hidden("version"), "field.wish": "modal"}
    page = await reader.sends(f"{here}/fields", fields=chosen)
    assert 'name="field.city" value="Solo"' in page.text
    assert ">modal</textarea>" in page.text


async def test_several_are_moved_and_what_became_of_each_is_told(reader: Reader) -> None:
    versions = [
        f"{number}:{(await reader.opens(f'/tickets/{number}')).hidden('version')}"
        for number in (OPEN, SECRET)
    ]
    page = await reader.sends(
        "/tickets/moves",
        ticket=[*versions, f"{ANONYMOUS}:999", "99999999:1", "<b>:x"],
        became="verifikasi",
    )
    assert page.heading == "Hasil pemindahan"
    assert "2 tiket dipindahkan ke Verifikasi. 3 tidak dipindahkan." in page.plain
    assert f"{ANONYMOUS} ✗ Tidak dipindahkan. Orang lain lebih dulu mengubahnya." in page.plain
    assert "99999999 ✗ Tidak dipindahkan. Tidak ditemukan" in page.plain
    assert f"{OPEN} ✓ Dipindahkan ke Verifikasi." in page.plain
    again = await reader.sends("/tickets/moves", ticket=versions, became="verifikasi")
    assert "0 tiket dipindahkan" in again.plain
    assert "dari keadaannya sekarang" in again.plain or "lebih dulu" in again.plain
    assert (await reader.opens("/tickets/moves")).path == "/tickets"
    none = await reader.sends("/tickets/moves", became="verifikasi")
    assert "Belum ada tiket yang dipilih" in none.notice


async def test_a_merge_is_taken_back_by_one_button(reader: Reader) -> None:
    page = await reader.opens(f"/tickets/{ANONYMOUS}")
    version = page.hidden("version")
    page = await reader.sends(f"/tickets/{ANONYMOUS}/merge", version=version, into=OPEN)
    assert page.heading == f"Tiket {OPEN}"
    undo = page.text.partition("data-notice")[2]
    version = undo.partition('name="version" value="')[2].partition('"')[0]
    page = await reader.sends(f"/tickets/{ANONYMOUS}/unmerge", version=version)
    assert "berdiri sendiri lagi" in page.notice


async def test_what_anybody_wrote_is_text_and_never_markup(reader: Reader) -> None:
    here = f"/tickets/{OPEN}"
    page = await reader.opens(here)
    fields = {"version": page.hidden("version"), "field.city": HOSTILE, "field.wish": HOSTILE}
    await reader.sends(f"{here}/fields", fields=fields)
    await reader.sends(f"{here}/comments", text=HOSTILE)
    await reader.sends("/tickets/views", name=HOSTILE[:60], query="q=a")
    await reader.sends("/drafts/ticket.new", fields={"category": "INFO", "field.question": HOSTILE})
    await reader.sends(f"/drafts/ticket.note.{OPEN}", text=HOSTILE)
    for path in (
        here,
        "/tickets",
        "/tickets/new?category=INFO",
        "/tickets/new",
        f"/tickets?q={'%3Cscript%3E'}",
    ):
        page = await reader.opens(path)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in page.plain or "7*7" in page.plain
