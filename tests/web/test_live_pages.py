"""The agent's page, the wallboard and the charts show what rows and the phone side say."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.web.conftest import NOW
from tests.web.fake_phone import SARI, FakePhone, has_phones, rings, stay
from tests.web.reader import Reader
from tests.web.seeded import OPEN, Seeded, seed
from tests.web.test_agents import with_phone
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.phone_side import PhoneRefused
from tickets.rights import Role
from tickets.store import Connection


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


@pytest.fixture
async def sari(visitors: Visitors, sql: Connection) -> Reader:
    await has_phones(sql)
    return Reader(await with_phone(visitors, sql, Role.SUPERVISOR, "6001"))


async def test_who_rings_is_on_the_agents_page_with_what_they_pressed_and_said(
    sari: Reader, phone: FakePhone, seeded: Seeded
) -> None:
    phone.shows(rings(SARI, stay(call=seeded.open.id)))
    page = await sari.opens("/work")
    number = "0812\u00a03456\u00a07890"
    for words in ("Telepon masuk", number, OPEN, "Menu utama", "Bandung", "Siap"):
        assert words in page.text, words
    assert "/api/v1/recordings/" in page.text
    line = await sari.opens("/work/ring")
    assert number in line.text


async def test_a_callback_that_rings_says_who_it_is(
    sari: Reader, phone: FakePhone, seeded: Seeded
) -> None:
    phone.shows(rings(SARI, stay(callback=UUID(seeded.open_callback))))
    page = await sari.opens("/work/pop")
    assert "Telepon balik" in page.text
    assert "dijanjikan" in page.text
    assert OPEN in page.text


async def test_what_is_typed_is_saved_and_the_next_version_told(
    sari: Reader, phone: FakePhone, seeded: Seeded, sql: Connection
) -> None:
    phone.shows(rings(SARI, stay(call=seeded.open.id)))
    page = await sari.opens("/work")
    version = page.hidden("version")
    typed = {"field.city": "Solo", "version": version}
    parts = {"HX-Request": "true"}
    path = f"/work/tickets/{OPEN}/fields"
    saved = await sari.sends(path, headers=parts, fields=typed)
    assert saved.status == 200
    assert saved.hidden("version") == str(int(version) + 1)
    fields = await sql.fetchval("SELECT fields->>'city' FROM ticket WHERE number = $1", OPEN)
    assert fields == "Solo"
    # Somebody was faster: nothing is lost in silence.
    assert (await sari.sends(path, headers=parts, fields=typed)).status == 412


async def test_a_ticket_that_is_opened_in_a_talk_is_the_talks_and_its_form_is_there(
    sari: Reader, phone: FakePhone, seeded: Seeded, sql: Connection
) -> None:
    phone.shows(replace(SARI, talk=stay(call=seeded.open.id)))
    page = await sari.sends("/work/tickets", category="KUR")
    assert page.path == "/work"
    (row,) = await sql.fetch("SELECT * FROM ticket WHERE category = 'KUR'")
    assert (row["call"], row["phone"]) == (seeded.open.id, "+6281234567890")
    assert f'action="/work/tickets/{row["number"]}/fields"' in page.text
    # A call that is not written yet: the ticket is opened all the same.
    phone.shows(replace(SARI, talk=stay(call=UUID(int=7))))
    await sari.sends("/work/tickets", category="LATIH")
    (row,) = await sql.fetch("SELECT * FROM ticket WHERE category = 'LATIH'")
    assert row["call"] is None


async def test_a_callback_from_the_page_is_due_at_once(
    sari: Reader, phone: FakePhone, seeded: Seeded, sql: Connection
) -> None:
    phone.shows(SARI)
    new = {"category": "KUR", "phone": "081277700001"}
    number = (await sari.visitor.post("/tickets", new)).json["number"]
    page = await sari.sends(f"/work/tickets/{number}/callback")
    assert "dijadwalkan" in page.notice
    due = "SELECT b.due FROM callback b JOIN ticket t ON t.id = b.ticket WHERE t.number = $1"
    (row,) = await sql.fetch(due, number)
    assert NOW <= row["due"] < NOW + timedelta(seconds=10)


async def test_buttons_ask_the_phone_side_and_its_refusal_is_told(
    sari: Reader, phone: FakePhone
) -> None:
    phone.shows(SARI)
    await sari.sends("/work/state", do="pause:salat")
    await sari.sends("/work/disposition", code="11")
    assert phone.asked == [
        ("6001", "pause", {"by": "api", "reason": "salat"}),
        ("6001", "dispose", {"code": "11"}),
    ]
    phone.fails = PhoneRefused("6001 is not logged in")
    page = await sari.sends("/work/state", do="ready")
    assert page.path == "/work"
    assert "menolaknya" in page.text


async def test_the_wallboard_shows_who_waits_and_has_them_moved(
    sari: Reader, phone: FakePhone, seeded: Seeded
) -> None:
    waits = stay(call=seeded.open.id)
    phone.shows(SARI, waiting=(waits,))
    page = await sari.opens("/wall")
    assert "+6281234567890" in page.plain
    await sari.sends(f"/wall/waiting/{waits.entry}/move", queue="produsen")
    await sari.sends(f"/wall/waiting/{waits.entry}/take")
    await sari.sends("/wall/agents/6002/listen", how="whisper")
    assert [one[1] for one in phone.asked] == ["move", "take", "listen"]


async def test_old_figures_are_shown_as_old(sari: Reader, phone: FakePhone) -> None:
    phone.shows(SARI, waiting=(stay(),))
    assert "Angka terakhir" not in (await sari.opens("/wall")).text
    phone.goes()
    for path in ("/wall", "/wall/figures", "/work/queue"):
        page = await sari.opens(path)
        assert "tidak dapat dihubungi" in page.text
        assert "Angka terakhir: pukul 10.00" in page.text
    assert (await sari.opens("/work")).status == 200


async def test_the_line_is_closed_and_reopened(sari: Reader, sql: Connection) -> None:
    page = await sari.sends("/wall/line/close", reason="banjir", until="")
    assert "Saluran ditutup" in page.text
    assert "banjir" in page.text
    assert await sql.fetchval("SELECT reason FROM line_closure WHERE lifted_at IS NULL") == "banjir"
    page = await sari.sends("/wall/line/reopen")
    assert "banjir" not in page.plain
    page = await sari.sends("/wall/line/close", reason="banjir", until="kemarin")
    assert "sampai kapan" in page.notice
    assert await sql.fetchval("SELECT count(*) FROM line_closure WHERE lifted_at IS NULL") == 0


async def test_an_operator_sees_the_wall_without_people(
    visitors: Visitors, phone: FakePhone, seeded: Seeded
) -> None:
    phone.shows(rings(SARI, stay(call=seeded.open.id)), waiting=(stay(call=seeded.open.id),))
    page = await Reader(await visitors.signed_in(Role.OPERATOR)).opens("/wall")
    assert page.heading == "Papan pantau"
    assert "1234567890" not in page.text + page.plain
    assert "/take" not in page.text


async def test_charts_count_what_rows_say(sari: Reader, seeded: Seeded) -> None:
    page = await sari.opens("/insight?day=2026-11-27")
    assert page.heading == "Grafik"
    # Three calls on a Friday between ten and eleven, one of which came to the menu.
    assert '<td class="h5">3</td>' in page.text
    assert '<th scope="row">Menu utama</th><td>1</td><td>0</td>' in page.text
    picture = await sari.opens("/insight/menu.svg")
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert ">Menu utama<" in picture.text


async def test_a_callers_words_are_text_everywhere(
    sari: Reader, phone: FakePhone, seeded: Seeded, sql: Connection
) -> None:
    evil = "<script>alert(1)</script>"
    await sql.execute("UPDATE person SET name = $1", evil)
    await sql.execute("UPDATE ticket SET fields = jsonb_build_object('city', $1::text)", evil)
    phone.shows(rings(SARI, stay(call=seeded.open.id)), waiting=(stay(call=seeded.open.id),))
    for path in ("/work", "/work/pop", "/work/ring", "/work/queue", "/wall", "/wall/people"):
        page = await sari.opens(path)
        assert "&lt;script&gt;" in page.text, path
        assert evil not in page.text, path


@pytest.mark.parametrize("path", ["/work", "/wall", "/insight"])
async def test_pages_are_for_those_with_the_right(visitors: Visitors, path: str) -> None:
    page = await Reader(await visitors.signed_in(Role.LIAISON)).opens(path)
    assert page.status == (200 if path == "/insight" else 403)
