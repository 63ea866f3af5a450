"""What people ask of their data, by those who answer them: copy, correction, withdrawal,
restriction, erasure; the ledger; a breach."""

import asyncio
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ivr.recordings import Recordings as StoredFiles
from tests.store.persons import NAME, NUMBER, OTHERS, TOLD, all_of, mentions, siti_and_budi
from tests.store.told import BUDI, FRIDAY_3, SITI, Call
from tests.web.conftest import NOW
from tests.web.reader import Reader, Seen
from tests.web.visitor import Visitors
from tickets.consents import Purpose, consents
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

DONE = "Data orang ini sudah dihapus."


@pytest.fixture
async def siti(desk: PostgresDesk, sql: Connection, files: StoredFiles) -> UUID:
    return await siti_and_budi(desk, sql, files)


async def signed_in(visitors: Visitors, role: Role = Role.SUPERVISOR) -> Reader:
    return Reader(await visitors.signed_in(role))


async def asks(reader: Reader, person: UUID, kind: str, **more: str) -> Seen:
    """As an officer takes it down; the request's own page for who may see it."""
    given = {"kind": kind, "channel": "call", "proof": "PIN laporan benar", "said": "tolong"} | more
    return await reader.sends(f"/people/{person}/requests", fields=given)


async def in_the_end(sql: Connection) -> None:
    """Nothing of hers is worked on any more."""
    await sql.execute("UPDATE callback SET state = 'done', settled_at = now()")
    await sql.execute("UPDATE ticket SET status = 'selesai'")


async def test_an_agent_takes_a_request_down_and_a_supervisor_sees_its_deadline(
    visitors: Visitors, siti: UUID
) -> None:
    agent, supervisor = await signed_in(visitors, Role.AGENT), await signed_in(visitors)
    page = await asks(agent, siti, "access")
    assert (page.path, page.notice) == (
        f"/people/{siti}",
        "Permintaan dicatat. Batas waktunya 72 jam lagi.",
    )
    assert "salinan data · menunggu" in page.plain
    yesterday = (NOW - timedelta(hours=50)).strftime("%Y-%m-%dT%H:%M+00:00")
    await asks(supervisor, siti, "correct", channel="letter", asked_at=yesterday)
    page = await supervisor.opens("/privacy")
    assert "perbaikan data" in page.plain.partition("salinan data")[0], "who is due first is first"
    assert "sisa 21 jam" in page.plain
    assert "sisa 71 jam" in page.plain
    late = await asks(supervisor, siti, "erase", asked_at="2030-01-01T00:00")
    assert (late.path, late.notice[:30]) == (f"/people/{siti}", "Ada isian yang tidak dapat dit")


async def test_a_copy_holds_all_that_is_known_and_who_looked(
    visitors: Visitors, siti: UUID, sql: Connection
) -> None:
    supervisor = await signed_in(visitors)
    await sql.execute(
        "INSERT INTO audit_entry (who, did, subject, address)"
        " VALUES ('sari', 'ticket.read', $1, '')",
        NUMBER,
    )
    account = await sql.fetchval(
        "INSERT INTO whatsapp_user (person, phone, met_at) VALUES ($1, $2, $3) RETURNING id",
        *(siti, SITI, FRIDAY_3),
    )
    await sql.execute(
        "INSERT INTO whatsapp_message (whatsapp_user, direction, wamid, kind, text, at, worked_at)"
        " VALUES ($1, 'in', 'wamid.1', 'text', 'Ada kabar?', $2, $2)",
        *(account, FRIDAY_3),
    )
    page = await asks(supervisor, siti, "access")
    async with supervisor.visitor.session.get(f"{page.path}/copy") as response:
        assert response.content_type == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(await response.read()))
    names = archive.namelist()
    assert archive.testzip() is None
    assert {name.partition("/")[0] for name in names} == {
        "rekaman",
        "berkas",
        "data-anda.html",
        "data.json",
        "own_copy.css",
    }
    assert len([name for name in names if name.startswith("rekaman/")]) == 2
    (paper,) = [name for name in names if name.startswith("berkas/")]
    assert archive.read(paper) == b"kartu"
    told = archive.read("data-anda.html").decode()
    for word in (NAME, SITI, NUMBER, TOLD, "Ganti dagangan", "dijanjikan", "PIN tidak cocok"):
        assert word in told, word
    assert "Petugas melihat tiket rahasia" in told
    assert "Anda: Ada kabar?" in told
    for word in (BUDI, "Budi", OTHERS):
        assert word not in told, word
    tables = json.loads(archive.read("data.json"))["tables"]
    assert len(tables["ticket"]) == 2, "also the one that she did not want her name on"
    assert "pin_hash" not in tables["ticket"][0]
    assert {"consent", "call", "call_step", "callback_attempt", "ticket_enquiry"} <= tables.keys()
    noted = await all_of(sql, "SELECT subject FROM audit_entry WHERE did = 'person.exported'")
    assert noted == [{"subject": str(siti)}]
    page = await supervisor.sends(f"{page.path}/answer", said="diserahkan di kantor")
    assert (page.notice, "dipenuhi" in page.plain) == ("Permintaan dipenuhi.", True)
    again = await supervisor.sends(f"{page.path}/refuse", why="x")
    assert again.notice == "Permintaan ini sudah dijawab."


async def test_a_person_with_open_reports_is_erased_only_with_a_word_on_them(
    visitors: Visitors, siti: UUID, sql: Connection, files: StoredFiles, tmp_path: Path
) -> None:
    supervisor = await signed_in(visitors)
    before = {name.name for name in (tmp_path / "recordings").iterdir()}
    page = await asks(supervisor, siti, "erase")
    assert NUMBER in page.plain
    assert OTHERS not in page.plain
    refused = await supervisor.sends(f"{page.path}/erase", sure="yes")
    assert "Masih ada laporan yang dikerjakan" in refused.notice
    assert await sql.fetchval("SELECT name FROM person WHERE id = $1", siti) == NAME
    done = await supervisor.sends(f"{page.path}/erase", sure="yes", withdrawn="yes")
    assert done.notice == DONE
    assert await mentions(sql, NAME, SITI, TOLD, "Pasar Senen", "kartu-siti", str(siti)) == [
        f"audit_entry: {siti}",
        f"data_request: {siti}",
    ]
    assert len(before) == 3
    assert list((tmp_path / "recordings").iterdir()) == []
    # The figures stay, and everything of the other one.
    kept = await all_of(
        sql, "SELECT category, status, fields, phone, person FROM ticket WHERE number = $1", NUMBER
    )
    assert kept == [
        {
            "category": "GANTI",
            "status": "arsip",
            "fields": '{"city": "Bandung", "wish": "mengganti dagangan"}',
            "phone": None,
            "person": None,
        }
    ]
    (callback,) = await all_of(sql, "SELECT state, phone FROM callback WHERE phone IS NULL")
    assert callback["state"] == "cancelled"
    assert "callback: " + BUDI in await mentions(sql, BUDI, "Budi dari Solo")
    for table in ("desk_draft", "fact_refused"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 1  # noqa: S608
    calls = await all_of(sql, "SELECT phone, outcome FROM call ORDER BY uniqueid")
    assert [(one["phone"], one["outcome"]) for one in calls] == [
        (None, "promise"),
        (BUDI, "promise"),
        (None, "information"),
    ]
    for path in (
        f"/tickets/{NUMBER}",
        "/calls",
        "/callbacks?view=cancelled",
        "/privacy?view=settled",
    ):
        assert (await supervisor.opens(path)).status == 200, path
    assert (await supervisor.opens(f"/people/{siti}")).status == 404
    assert "orang yang sudah dihapus" in (await supervisor.opens("/privacy?view=settled")).plain


async def test_nobody_is_erased_while_somebody_talks_with_them(
    visitors: Visitors, siti: UUID, sql: Connection, tmp_path: Path
) -> None:
    supervisor = await signed_in(visitors)
    await in_the_end(sql)
    page = await asks(supervisor, siti, "erase")
    await sql.execute(
        "UPDATE call SET ended_at = NULL, outcome = NULL, certain = NULL, began_at = $1"
        " WHERE uniqueid = '1795766400.1'",
        NOW,
    )
    refused = await supervisor.sends(f"{page.path}/erase")
    assert "sedang berbicara" in refused.notice
    await sql.execute("UPDATE call SET began_at = $1", NOW - timedelta(days=1))
    # Nor while a call of theirs is not in the database yet.
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "000000000001.jsonl").write_text(json.dumps({"phone": SITI}) + "\n")
    refused = await supervisor.sends(f"{page.path}/erase")
    assert "belum masuk basis data" in refused.notice
    (spool / "000000000001.jsonl").write_text(json.dumps({"phone": BUDI}) + "\n")
    # Nor while a batch with a message of theirs, and of others, is not sorted yet.
    body = json.dumps([{"from": SITI[1:]}, {"from": BUDI[1:]}]).encode()
    taken_in = "INSERT INTO whatsapp_webhook (digest, body) VALUES (sha256($1), $1)"
    await sql.execute(taken_in, body)
    refused = await supervisor.sends(f"{page.path}/erase")
    assert "belum masuk basis data" in refused.notice
    assert await sql.fetchval("SELECT body FROM whatsapp_webhook") == body
    await sql.execute("UPDATE whatsapp_webhook SET body = NULL, sorted_at = now()")
    done = tmp_path / "pbx" / "fallback" / "done"
    done.mkdir(parents=True)
    for name, phone in (("siti", SITI), ("budi", BUDI)):
        (done / f"{name}_1.txt").write_text(f"1 caller={phone.replace('+', '%2B')}|\n")
    assert (await supervisor.sends(f"{page.path}/erase")).notice == DONE
    assert [path.name for path in done.iterdir()] == ["budi_1.txt"]


async def test_a_call_at_the_very_moment_of_the_erasure_is_not_lost(
    visitors: Visitors, siti: UUID, sql: Connection, desk: PostgresDesk
) -> None:
    supervisor = await signed_in(visitors)
    await in_the_end(sql)
    page = await asks(supervisor, siti, "erase")
    call = Call("1795766400.9", SITI, at=FRIDAY_3 + timedelta(hours=1))
    call.begins()
    call.opens(9, category="INFO")
    call.ends("information")
    done, _ = await asyncio.gather(
        supervisor.sends(f"{page.path}/erase", withdrawn="yes"), desk.apply(call.told)
    )
    # Either she was talking with us, or she calls as somebody whom nobody knows.
    assert done.notice in (DONE, "Orang ini sedang berbicara atau ditelepon. Coba lagi sesudahnya.")
    assert await sql.fetchval("SELECT count(*) FROM fact_refused WHERE fact LIKE '%.9%'") == 0
    assert await sql.fetchval("SELECT count(*) FROM call WHERE uniqueid = '1795766400.9'") == 1


async def test_consent_is_written_down_withdrawn_and_restricted(
    visitors: Visitors, siti: UUID, sql: Connection, tmp_path: Path
) -> None:
    supervisor = await signed_in(visitors)
    assert await consents(sql, siti, Purpose.WHATSAPP)
    said = {"purpose": "share_producer", "granted": "yes", "proof": "boleh, kata Ibu Siti"}
    page = await supervisor.sends(f"/people/{siti}/consents", fields=said)
    assert "diteruskan ke produsen" in page.plain
    assert await consents(sql, siti, Purpose.SHARE_PRODUCER)
    page = await asks(supervisor, siti, "withdraw")
    refused = await supervisor.sends(f"{page.path}/answer", said="x")
    assert "tidak dapat diterima" in refused.notice
    await supervisor.sends(f"{page.path}/answer", said="x", purposes=["record", "whatsapp"])
    assert not await consents(sql, siti, Purpose.WHATSAPP)
    kinds = await all_of(sql, "SELECT kind FROM recording JOIN call ON call.id = recording.call")
    assert [one["kind"] for one in kinds] == ["message", "message"], "a report of hers stays"
    assert await sql.fetchval("SELECT count(*) FROM recording WHERE kind = 'talk'") == 0
    assert len(list((tmp_path / "recordings").iterdir())) == 2
    page = await asks(supervisor, siti, "restrict")
    await supervisor.sends(f"{page.path}/answer", said="")
    assert not await consents(sql, siti, Purpose.SHARE_PRODUCER)
    assert "Penggunaan datanya dibatasi" in (await supervisor.opens(f"/people/{siti}")).plain
    page = await asks(supervisor, siti, "unrestrict")
    await supervisor.sends(f"{page.path}/answer", said="")
    assert await consents(sql, siti, Purpose.SHARE_PRODUCER)
    page = await supervisor.opens("/privacy/consents?purpose=whatsapp&word=no")
    assert (page.plain.count("tidak setuju"), NAME in page.plain) == (2, True)


async def test_two_who_were_one_keep_what_they_agreed_to(
    visitors: Visitors, siti: UUID, sql: Connection
) -> None:
    supervisor = await signed_in(visitors)
    await asks(supervisor, siti, "access")
    budi = await sql.fetchval("SELECT person FROM phone WHERE number = $1", BUDI)
    version = (await supervisor.opens(f"/people/{siti}")).hidden("version")
    merged = await supervisor.sends(f"/people/{siti}/merge", version=version, person=str(budi))
    assert merged.notice == "Kedua orang sudah digabung di sini."
    assert await consents(sql, budi, Purpose.WHATSAPP)
    assert await sql.fetchval("SELECT person FROM data_request") == budi


async def test_after_a_breach_those_who_were_looked_at_are_found(
    visitors: Visitors, siti: UUID, sql: Connection
) -> None:
    supervisor = await signed_in(visitors)
    talk = await sql.fetchval("SELECT id FROM recording WHERE kind = 'talk'")
    for did, subject, when in (
        ("ticket.read", NUMBER, NOW),
        ("recording.heard", str(talk), NOW + timedelta(minutes=5)),
        ("ticket.read", OTHERS, NOW + timedelta(hours=5)),
    ):
        await sql.execute(
            "INSERT INTO audit_entry (who, did, subject, address, at)"
            " VALUES ('sari', $1, $2, '10.0.0.9', $3)",
            *(did, subject, when),
        )
    window = "since=2026-11-27T16:00&until=2026-11-27T18:00&who=sari&known_at=2026-11-28T08:00"
    page = await supervisor.opens(f"/privacy/breach?{window}")
    assert "1 orang terdampak" in page.plain
    assert (NAME in page.plain, SITI in page.plain, BUDI in page.plain) == (True, True, False)
    assert "Pemberitahuan paling lambat Sel 1 Des 2026, 08.00" in page.plain
    table = await supervisor.opens(f"/privacy/breach.csv?{window}")
    assert f"{NAME},{SITI[1:]},2,2026-11-27T17:00:00+07:00,2026-11-27T17:05:00+07:00" in table.text
    page = await supervisor.opens(f"/privacy/breach?{window}&scope=all")
    assert "2 orang terdampak" in page.plain
    backwards = await supervisor.opens(
        "/privacy/breach?since=2026-11-27T18:00&until=2026-11-27T16:00"
    )
    assert backwards.status == 422
