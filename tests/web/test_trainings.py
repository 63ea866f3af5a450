"""Trainings at the desk, by page and API: planned, signed up for, left, held, called off."""

from datetime import timedelta

import pytest

from tests.store.told import BUDI, SITI
from tests.web.conftest import NOW
from tests.web.reader import Reader
from tests.web.visitor import Visitors
from tickets.rights import Role
from tickets.store import Connection

FORM = {
    "title": "Menjahit <b>dasar</b>",
    "city": "Makassar",
    "starts_at": "2026-12-04T09:00",
    "ends_at": "2026-12-04T12:00",
    "zone": "WITA",
    "seats": "1",
}


@pytest.fixture
async def reader(visitors: Visitors) -> Reader:
    return Reader(await visitors.signed_in(Role.SUPERVISOR))


async def signup_of(sql: Connection, phone: str) -> str:
    return str(await sql.fetchval("SELECT id FROM training_signup WHERE phone = $1", phone))


async def test_a_session_from_its_plan_to_who_came(reader: Reader, sql: Connection) -> None:
    page = await reader.sends("/trainings", fields=FORM)
    assert page.heading == "Menjahit <b>dasar</b>"
    assert "Jum 4 Des 2026, 09.00 WITA" in page.plain
    path = page.path
    page = await reader.sends(f"{path}/signups", phone="0812-3456-7890", name="Siti Aminah")
    assert "mendapat kursi" in page.notice
    page = await reader.sends(f"{path}/signups", phone=BUDI)
    assert "daftar tunggu. Katakan begitu" in page.notice
    assert "1 dari 1 · 1 menunggu" in page.plain
    # Somebody who is told by the officer is owed nothing; a seat that comes free is a new word.
    assert "Semua sudah diberi tahu" in (await reader.opens("/trainings/owed")).plain
    hers, his = [await signup_of(sql, phone) for phone in (SITI, BUDI)]
    page = await reader.sends(f"/training-signups/{hers}/leave")
    assert "Peserta (1) Belum disebut namanya +6281345678901" in page.plain
    owed = await reader.opens("/trainings/owed")
    assert "Sampaikan: mendapat kursi (tahunya: di daftar tunggu)" in owed.plain
    assert "Belum diberi tahu: 1" in (await reader.opens("/trainings")).plain
    page = await reader.sends(f"/training-signups/{his}/told", state="waiting")
    assert "Orang lain lebih dulu mengubahnya" in page.notice
    page = await reader.sends(f"/training-signups/{his}/told", state="seated")
    assert "Semua sudah diberi tahu" in page.plain
    page = await reader.sends(f"/training-signups/{his}/attendance", came="yes")
    assert "Ada isian yang tidak dapat diterima" in page.notice
    await sql.execute("UPDATE training_session SET starts_at = $1", NOW - timedelta(hours=1))
    page = await reader.sends(f"/training-signups/{his}/attendance", came="yes")
    assert "Hadir Hapus catatan" in page.plain
    person = await sql.fetchval("SELECT person FROM training_signup WHERE phone = $1", BUDI)
    assert "mendapat kursi · Hadir" in (await reader.opens(f"/people/{person}")).plain


async def test_a_plan_that_does_not_hold_is_refused_and_told(reader: Reader) -> None:
    for wrong in (
        {"starts_at": "2026-11-01T09:00"},
        {"starts_at": "2026-02-31T09:00"},
        {"ends_at": "2026-12-04T09:00"},
        {"seats": "0"},
        {"zone": "UTC"},
    ):
        page = await reader.sends("/trainings", fields=FORM | wrong)
        assert "Ada isian yang tidak dapat diterima" in page.notice, wrong
    assert "Belum ada pelatihan yang direncanakan." in (await reader.opens("/trainings")).plain


async def test_changed_and_called_off_it_is_as_its_author_saw_it(
    reader: Reader, sql: Connection
) -> None:
    page = await reader.sends("/trainings", fields=FORM)
    path, version = page.path, page.hidden("version")
    for phone in (SITI, BUDI):
        await reader.sends(f"{path}/signups", phone=phone)
    page = await reader.sends(path, fields=FORM | {"seats": "2"}, version=version)
    assert "Peserta (2)" in page.plain
    page = await reader.sends(path, fields=FORM, version=page.hidden("version"))
    assert "Ada isian yang tidak dapat diterima" in page.notice
    page = await reader.sends(f"{path}/cancel", version=version, why="banjir")
    assert "Orang lain lebih dulu mengubahnya" in page.notice
    page = await reader.sends(f"{path}/cancel", version=page.hidden("version"), why="banjir")
    assert "Dibatalkan banjir" in page.plain
    page = await reader.sends(f"{path}/signups", phone="081398765432")
    assert "dibatalkan atau sudah mulai" in page.notice
    owed = (await reader.opens("/trainings/owed")).plain
    assert owed.count("tidak jadi (dibatalkan atau tidak ada kursi)") == 2


async def test_the_api_signs_up_once_and_shows_each_reader_what_is_theirs(
    visitors: Visitors, sql: Connection
) -> None:
    liaison = await visitors.signed_in(Role.LIAISON)
    begins = NOW + timedelta(days=3)
    body = {
        "title": "Pemasaran daring",
        "city": "Bandung",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=2)).isoformat(),
        "seats": 1,
    }
    made = await liaison.post("/trainings", body)
    assert made.status == 201
    path = f"/trainings/{made.json['id']}"
    first, again = [await liaison.post(f"{path}/signups", {"phone": SITI}) for _ in range(2)]
    assert (first.json["state"], again.json["id"]) == ("seated", first.json["id"])
    assert (await liaison.post(f"{path}/signups", {"phone": BUDI})).json["state"] == "waiting"
    line = await liaison.get(path)
    assert (line.json["taken"], line.json["waiting"]) == (1, 1)
    fewer = await liaison.put(path, body | {"seats": 3}, seen='"99"')
    assert fewer.status == 412
    more = await liaison.put(path, body | {"seats": 2}, seen=line.etag)
    assert (more.status, more.json["taken"]) == (200, 2)
    auditor = await visitors.signed_in(Role.AUDITOR)
    seen = await auditor.get(f"{path}/signups")
    assert [one["phone"] for one in seen.json] == ["+62…890", "+62…901"]
    assert [one["person"] for one in seen.json] == [None, None]
    # Who asked to stay anonymous has no number for who may not know it.
    await sql.execute(
        "INSERT INTO ticket (id, number, category, channel, person, confidential, anonymous,"
        " language, opened_at, first_response_due, deadline, reason)"
        " SELECT gen_random_uuid(), '26000018', 'INFO', 'desk', person, false, true, 'id', $2, $2,"
        " $2, 'desk' FROM phone WHERE number = $1",
        SITI,
        NOW,
    )
    told = [one["phone"] for one in (await liaison.get(f"{path}/signups")).json]
    assert told == [None, BUDI]
