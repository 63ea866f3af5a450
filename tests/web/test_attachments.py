"""Files on tickets: what is taken, how they are handed out, to whom, and that it is noted."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.web.seeded import ANONYMOUS, OPEN, SECRET, seed
from tests.web.sounds import PNG
from tests.web.visitor import API, Visitor, Visitors
from tickets.cases.attachments import LARGEST
from tickets.desk import PostgresDesk
from tickets.file_kinds import clean_name
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.desk import Options

PDF = b"%PDF-1.7\n" + b"x" * 500


@pytest.fixture
async def agent(visitors: Visitors, desk: PostgresDesk) -> Visitor:
    await seed(desk)
    return await visitors.signed_in(Role.AGENT)


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


def to(number: str) -> str:
    return f"/tickets/{number}/attachments"


async def test_a_file_is_put_on_a_ticket_and_saved_from_it(
    agent: Visitor, sql: Connection, tmp_path: Path
) -> None:
    reply = await agent.post(to(OPEN), PDF, query={"name": "tagihan \u201cbaru\u201d.PDF"})
    assert reply.status == 201, reply.text
    (one,) = reply.json["attachments"]
    assert (one["name"], one["kind"], one["size"], one["actor"]) == (
        "tagihan \u201cbaru\u201d.pdf",
        "application/pdf",
        len(PDF),
        "the-agent",
    )
    assert reply.json["thread"][-1]["kind"] == "attached"
    path = f"{API}/attachments/{one['id']}"
    async with agent.session.get(path) as response:
        assert await response.read() == PDF
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "sandbox"
        saved = response.headers["Content-Disposition"]
        assert saved.startswith('attachment; filename="tagihan _baru_.pdf"; ')
        assert saved.endswith("filename*=UTF-8''tagihan%20%E2%80%9Cbaru%E2%80%9D.pdf")
    async with agent.session.get(path, headers={"Range": "bytes=0-3"}) as response:
        assert (response.status, await response.read()) == (206, b"%PDF")
    # Beside the recordings, and not to be read there.
    (stored,) = (tmp_path / "recordings").iterdir()
    assert b"%PDF" not in stored.read_bytes()
    did = await sql.fetch("SELECT did FROM audit_entry WHERE subject = $1 ORDER BY at", one["id"])
    assert [row["did"] for row in did] == ["attachment.added"] + ["attachment.read"] * 2


@pytest.mark.parametrize(
    ("content", "name", "called"),
    [
        (PNG, "foto.jpg", "foto.jpg.png"),
        (PDF, "../../etc/cron.d/x.pdf", "x.pdf"),
        (PDF, "C:\\windows\\setup.exe", "setup.exe.pdf"),
        (PDF, "gnp.\u202efdp.exe", "gnp.fdp.exe.pdf"),
        (PDF, '"><script>alert(1)</script>.pdf', "script_.pdf"),
        (PDF, "x\r\nSet-Cookie: a=1.pdf", "xSet-Cookie_ a=1.pdf"),
        (PDF, "...", "berkas.pdf"),
        (b"nama;kota\nAni;Solo\n", "data.csv", "data.csv"),
        (archive("[Content_Types].xml", "word/document.xml"), "surat", "surat.docx"),
    ],
)
async def test_a_name_is_harmless_and_ends_as_its_content_does(
    agent: Visitor, content: bytes, name: str, called: str
) -> None:
    reply = await agent.post(to(OPEN), content, query={"name": name})
    assert reply.status == 201, reply.text
    assert [one["name"] for one in reply.json["attachments"]] == [called]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"<html><script>alert(1)</script>",
        b"hello <SVG onload=alert(1)>",
        b"#!/bin/sh\nrm -rf /",
        b"MZ\x90\x00" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"GIF89a<script>",
        b"\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00",
        b"PK\x03\x04 and no archive",
        archive("x.exe"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    ],
)
async def test_what_is_not_on_the_list_is_refused_and_nothing_kept(
    agent: Visitor, sql: Connection, tmp_path: Path, content: bytes
) -> None:
    reply = await agent.post(to(OPEN), content, query={"name": "foto.png"})
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "#/file")
    assert await sql.fetchval("SELECT count(*) FROM attachment") == 0
    assert list((tmp_path / "recordings").iterdir()) == []


async def test_a_file_that_is_too_large_is_refused(agent: Visitor, options: Options) -> None:
    assert options.largest_file == LARGEST
    reply = await agent.post(to(OPEN), PDF + bytes(LARGEST))
    assert (reply.status, reply.kind) == (413, "too-large")
    # The size is not told beforehand either.

    async def pieces() -> object:
        for _ in range(LARGEST // 2**20 + 1):
            yield b"%PDF-" + bytes(2**20)

    headers = agent.headers | {"Content-Type": "application/octet-stream"}
    async with agent.session.post(API + to(OPEN), data=pieces(), headers=headers) as response:
        assert response.status == 413


async def test_the_same_file_under_one_key_is_one_file(agent: Visitor, sql: Connection) -> None:
    for _ in range(2):
        reply = await agent.post(to(OPEN), PDF, key="key-of-this-test")
        assert reply.status == 201
    assert await sql.fetchval("SELECT count(*) FROM attachment") == 1


async def test_a_form_of_another_site_puts_no_file_on_a_ticket(agent: Visitor) -> None:
    headers = {"Content-Type": "text/plain"}
    reply = await agent.post(to(OPEN), data=PDF, headers=headers)
    assert (reply.status, reply.kind) == (415, "not-a-file")
    headers = {"Content-Type": "application/octet-stream", "X-CSRF-Token": "another"}
    reply = await agent.post(to(OPEN), data=PDF, headers=headers)
    assert (reply.status, reply.kind) == (403, "csrf")


async def test_files_of_the_confidential_and_the_anonymous(
    agent: Visitor, visitors: Visitors
) -> None:
    ids = {}
    for number in (OPEN, SECRET, ANONYMOUS):
        reply = await agent.post(to(number), PDF, query={"name": "KTP Ani.pdf"})
        ids[number] = reply.json["attachments"][0]["id"]
    liaison = await visitors.signed_in(Role.LIAISON)
    auditor = await visitors.signed_in(Role.AUDITOR)
    status = {
        number: (await liaison.get(f"/attachments/{id_}"))
        for number, id_ in ids.items()
        if number != OPEN
    }
    assert {number: reply.status for number, reply in status.items()} == {
        SECRET: 404,
        ANONYMOUS: 404,
    }
    assert (await auditor.get(f"/attachments/{ids[OPEN]}")).status == 403
    assert "KTP Ani" in (await liaison.get(f"/tickets/{OPEN}")).text
    for visitor, number in ((liaison, ANONYMOUS), (auditor, OPEN), (auditor, ANONYMOUS)):
        told = await visitor.get(f"/tickets/{number}")
        assert len(told.json["attachments"]) == 1
        assert "KTP Ani" not in told.text
    assert (await liaison.post(to(SECRET), PDF)).status == 404
    # Merged into one of somebody with a name, the anonymous one's file stays without.
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    seen = (await supervisor.get(f"/tickets/{ANONYMOUS}")).etag
    await supervisor.post(f"/tickets/{ANONYMOUS}/merge", {"into": OPEN}, seen=seen)
    names = [one["name"] for one in (await liaison.get(f"/tickets/{OPEN}")).json["attachments"]]
    assert names == ["KTP Ani.pdf", ""]


async def test_no_more_files_than_a_person_looks_through(agent: Visitor, sql: Connection) -> None:
    await sql.execute(
        "INSERT INTO attachment SELECT gen_random_uuid(), ticket.id, 'a.pdf', 'application/pdf', "
        "n::text, 1, '', 'ani', now() FROM ticket, generate_series(1, 50) AS n "
        "WHERE number = $1",
        OPEN,
    )
    assert (await agent.post(to(OPEN), PDF)).status == 422


def test_a_long_name_is_cut_before_its_ending() -> None:
    assert clean_name("a" * 500 + ".pdf", "application/pdf") == "a" * 120 + ".pdf"
