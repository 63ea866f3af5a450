"""People, callbacks and calls on pages, by those who work with them."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from tests.store.told import BUDI, SITI, Call
from tests.web.conftest import NOW
from tests.web.reader import Reader
from tests.web.seeded import ANI, ANONYMOUS, OPEN, SECRET, Seeded, seed
from tests.web.visitor import Visitors
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.ledger import apply
from tickets.queries import SQL
from tickets.rights import Role
from tickets.rules import Rules
from tickets.store import Connection
from tickets.web.shown_times import for_input


@pytest.fixture
async def seeded(desk: PostgresDesk) -> Seeded:
    return await seed(desk)


async def person_of(sql: Connection, phone: str) -> UUID:
    found: UUID = await sql.fetchval("SELECT person FROM phone WHERE number = $1", phone)
    return found


async def signed_in(visitors: Visitors, role: Role = Role.SUPERVISOR) -> Reader:
    return Reader(await visitors.signed_in(role))


async def test_a_person_is_found_misspelt_read_whole_and_corrected(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    reader = await signed_in(visitors, Role.AGENT)
    siti = await person_of(sql, SITI)
    page = await reader.opens(f"/people/{siti}")
    assert page.heading == "Belum disebut namanya"
    for told in (SITI, OPEN, "Telepon balik", "Dijanjikan", "Panggilan terakhir"):
        assert told in page.plain, told
    version = page.hidden("version")
    page = await reader.sends(f"/people/{siti}/name", version=version, name="Siti Aminah")
    assert (page.heading, page.notice) == ("Siti Aminah", "Nama sudah disimpan.")
    late = await reader.sends(f"/people/{siti}/name", version=version, name="Sita")
    assert (late.heading, "Orang lain lebih dulu" in late.notice) == ("Siti Aminah", True)
    page = await reader.opens("/people?name=sitti+aminh")
    assert f"/people/{siti}" in page.text
    page = await reader.opens(f"/people?phone={SITI.replace('+62', '0')}")
    assert "Siti Aminah" in page.plain
    assert "Tidak ada orang" in (await reader.opens("/people?name=zzzz")).plain
    noted = await sql.fetch("SELECT did, subject FROM audit_entry WHERE did LIKE 'person.%'")
    assert [tuple(row) for row in noted] == [("person.named", str(siti))]


async def test_numbers_are_added_and_taken_away_with_what_came_from_them(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    reader = await signed_in(visitors, Role.AGENT)
    siti = await person_of(sql, SITI)
    path = f"/people/{siti}"
    page = await reader.opens(path)
    page = await reader.sends(f"{path}/phones", version=page.hidden("version"), phone="0812 111")
    assert "nomor telepon" in page.notice
    taken = await reader.sends(f"{path}/phones", version=page.hidden("version"), phone=BUDI)
    assert "milik orang lain" in taken.notice
    version = taken.hidden("version")
    page = await reader.sends(f"{path}/phones", version=version, phone="0813-2222-3333")
    assert (page.notice, "+6281322223333" in page.plain) == ("Nomor sudah ditambahkan.", True)
    stale = await reader.sends(f"{path}/phones", version=version, phone="081322224444")
    assert "Orang lain lebih dulu" in stale.notice
    page = await reader.sends(f"{path}/phones/part", version=stale.hidden("version"), phone=SITI)
    assert page.path != path
    assert SITI in page.plain
    assert OPEN in page.plain
    page = await reader.opens(path)
    assert OPEN not in page.plain
    only = await reader.sends(
        f"{path}/phones/part", version=page.hidden("version"), phone="+6281322223333"
    )
    assert "nomor telepon" in only.notice


async def test_two_who_are_one_are_merged_and_can_be_parted(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    reader = await signed_in(visitors)
    siti, budi = await person_of(sql, SITI), await person_of(sql, BUDI)
    await sql.execute("UPDATE person SET name = 'Siti' WHERE id = $1", siti)
    page = await reader.opens(f"/people/{budi}?like=siti")
    assert "Gabungkan ke Siti" in page.plain
    agent = await signed_in(visitors, Role.AGENT)
    given = {"version": page.hidden("version"), "person": str(siti)}
    assert (await agent.sends(f"/people/{budi}/merge", fields=given)).status == 403
    page = await reader.sends(f"/people/{budi}/merge", fields=given)
    assert (page.path, page.heading) == (f"/people/{siti}", "Siti")
    for told in (SITI, BUDI, OPEN, SECRET):
        assert told in page.plain
    assert (await reader.opens(f"/people/{budi}")).status == 404
    # For who may not see the confidential one, that number is nobody's.
    liaison = await signed_in(visitors, Role.LIAISON)
    seen = await liaison.opens(f"/people/{siti}")
    assert (SITI in seen.plain, BUDI in seen.plain, SECRET in seen.plain) == (True, False, False)
    assert "Siti" not in (await liaison.opens(f"/people?phone={BUDI.replace('+62', '0')}")).plain
    given = {"version": page.hidden("version"), "phone": BUDI}
    page = await reader.sends(f"/people/{siti}/phones/part", fields=given)
    assert (SECRET in page.plain, OPEN in page.plain) == (True, False)


def calls_again() -> Call:
    """Budi, once more."""
    again = Call("1795766400.9", BUDI)
    again.begins()
    again.opens(9, category="INFO")
    again.ends("information")
    return again


async def somebody_waits(sql: Connection) -> None:
    """For a row that another transaction holds."""
    async with asyncio.timeout(10):
        while True:
            if await sql.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                return
            await asyncio.sleep(0.01)


async def test_what_a_call_tells_while_two_are_merged_is_theirs(
    visitors: Visitors,
    seeded: Seeded,
    sql: Connection,
    desk: PostgresDesk,
    deadlines: Deadlines,
    database: str,
) -> None:
    reader = await signed_in(visitors)
    siti, budi = await person_of(sql, SITI), await person_of(sql, BUDI)
    page = await reader.opens(f"/people/{budi}")
    given = {"version": page.hidden("version"), "person": str(siti)}
    watching = await asyncpg.connect(database)
    try:
        async with sql.transaction():
            # The call's facts come first, and the merge waits for them.
            await apply(sql, calls_again().told, Rules(deadlines))
            merging = asyncio.create_task(reader.sends(f"/people/{budi}/merge", fields=given))
            await somebody_waits(watching)
        assert (await merging).path == f"/people/{siti}"
        assert await sql.fetchval("SELECT count(*) FROM ticket WHERE person = $1", siti) == 3
    finally:
        await watching.close()


async def test_what_a_call_tells_after_two_were_merged_is_theirs(
    seeded: Seeded, sql: Connection, desk: PostgresDesk, database: str
) -> None:
    siti, budi = await person_of(sql, SITI), await person_of(sql, BUDI)
    watching = await asyncpg.connect(database)
    try:
        async with sql.transaction():
            await sql.execute(SQL["hold_phones_of"], [budi, siti])
            await sql.execute(SQL["merge_people"], budi, siti)
            await sql.execute(SQL["drop_person"], budi)
            telling = asyncio.create_task(desk.apply(calls_again().told))
            await somebody_waits(watching)
        await telling
        assert await sql.fetchval("SELECT count(*) FROM ticket WHERE person = $1", siti) == 3
        assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0
    finally:
        await watching.close()


async def test_callbacks_stand_in_words_and_are_promised_moved_taken_and_ended(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    reader = await signed_in(visitors, Role.AGENT)
    page = await reader.opens("/callbacks")
    assert page.plain.count("Dijanjikan") >= 2
    one, other = seeded.open_callback, seeded.secret_callback
    late, due = NOW - timedelta(minutes=40), NOW - timedelta(minutes=5)
    move = "UPDATE callback SET promised = $2, due = $2 WHERE id = $1::text::uuid"
    await sql.execute(move, one, late)
    await sql.execute(move, other, due)
    page = await reader.opens("/callbacks?view=late")
    assert (OPEN in page.plain, SECRET in page.plain) == (True, False)
    assert "Terlambat 40 mnt" in page.plain
    page = await reader.opens("/callbacks?view=due")
    assert (OPEN in page.plain, SECRET in page.plain, "Jatuh tempo" in page.plain) == (True,) * 3
    path = f"/callbacks/{one}"
    page = await reader.opens(path)
    stale = page.hidden("version")
    page = await reader.sends(f"{path}/move", version=stale, due="2026-12-01T10:30")
    assert "Waktu sudah dipindahkan" in page.notice
    assert "Sel 1 Des 2026, 10.30" in page.plain
    refused = await reader.sends(f"{path}/cancel", version=stale)
    assert "Orang lain lebih dulu" in refused.notice
    page = await reader.sends(f"{path}/take", version=refused.hidden("version"))
    assert "tugas Anda" in page.notice
    assert "Diambil petugas" in page.plain
    assert await sql.fetchval("SELECT owner FROM ticket WHERE number = $1", OPEN) == "the-agent"
    assert OPEN in (await reader.opens("/callbacks?view=tasks")).plain
    page = await reader.sends(f"{path}/done", version=page.hidden("version"))
    assert "Selesai oleh petugas" in page.plain
    assert OPEN in (await reader.opens("/callbacks?view=kept")).plain
    over = await reader.sends(f"{path}/done", version="1")
    assert "Orang lain lebih dulu" in over.notice
    page = await reader.opens(f"/callbacks/{other}")
    page = await reader.sends(f"/callbacks/{other}/cancel", version=page.hidden("version"))
    assert "Dibatalkan" in page.plain
    assert SECRET in (await reader.opens("/callbacks?view=cancelled")).plain
    page = await reader.sends(
        "/callbacks", ticket=OPEN, phone="", due=for_input(NOW + timedelta(hours=1))
    )
    assert "sudah dijanjikan" in page.notice
    again = await reader.sends("/callbacks", ticket=OPEN, due=for_input(NOW + timedelta(hours=2)))
    assert "sudah punya janji" in again.notice
    bad = await reader.sends("/callbacks", ticket=OPEN, due="2020-01-01T00:00")
    assert "waktu" in bad.notice


async def test_a_callback_that_is_being_dialled_is_not_taken(
    visitors: Visitors, seeded: Seeded, sql: Connection
) -> None:
    await sql.execute(
        "UPDATE callback SET state = 'dialling', claimed_by = 'x', claimed_at = now(), "
        "attempt = gen_random_uuid() WHERE id = $1::text::uuid",
        seeded.open_callback,
    )
    reader = await signed_in(visitors, Role.AGENT)
    path = f"/callbacks/{seeded.open_callback}"
    page = await reader.opens(path)
    assert "Sedang dihubungi" in page.plain
    page = await reader.sends(f"{path}/take", version=page.hidden("version"))
    assert "sudah selesai atau dibatalkan" in page.notice
    state = "SELECT state FROM callback WHERE id = $1::text::uuid"
    assert await sql.fetchval(state, seeded.open_callback) == "dialling"


async def test_calls_are_read_step_by_step_with_their_tickets(
    visitors: Visitors, seeded: Seeded
) -> None:
    reader = await signed_in(visitors, Role.AGENT)
    page = await reader.opens("/calls")
    assert page.plain.count("+62") == 3
    page = await reader.opens("/calls?outcome=information")
    assert (page.plain.count("+62"), ANI in page.plain) == (1, True)
    page = await reader.opens(f"/calls/{seeded.open.id}")
    assert page.heading.startswith("Panggilan Jum 27 Nov 2026")
    assert (OPEN in page.plain, "Menu utama" in page.plain) == (True, True)
    auditor = await signed_in(visitors, Role.AUDITOR)
    page = await auditor.opens("/calls")
    # The confidential one does not exist, and whose ticket is anonymous has no number.
    assert (page.plain.count("+62…"), "belum diketahui" in page.plain) == (1, True)
    page = await auditor.opens(f"/calls/{seeded.anonymous.id}")
    assert ("+62" in page.plain, ANONYMOUS in page.plain) == (False, True)
    assert (await auditor.opens(f"/calls/{seeded.secret.id}")).status == 404
