"""Versions of the menu: judged, kept, compared, tried and activated, by API and page alike."""

from pathlib import Path

import pytest

from config.settings import Settings
from tests.web.reader import Reader
from tests.web.seeded import seed
from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection

OLD = '"1": {to: products, set: {category: GANTI}}'
NEW = '"1": {to: products, set: {category: INFO}}'


@pytest.fixture
def file(menu_settings: Settings) -> Path:
    return menu_settings.files.flows / "hotline.yaml"


@pytest.fixture
async def operator(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.OPERATOR)


def read(file: Path) -> str:
    return file.read_text()


def write(file: Path, text: str) -> None:
    file.write_text(text)


async def keep(visitor: Visitor, text: str, note: str = "uji") -> str:
    reply = await visitor.post("/flows/versions", {"content": text, "note": note})
    assert reply.status == 201, reply.text
    version: str = reply.json["version"]
    assert reply.headers["Location"].endswith(version)
    return version


async def test_a_version_is_kept_activated_and_rolled_back(
    operator: Visitor, file: Path, sql: Connection
) -> None:
    old_text = read(file)
    listed = await operator.get("/flows")
    old = listed.json["version"]
    assert [one["version"] for one in listed.json["versions"]] == [old]
    new = await keep(operator, old_text.replace(OLD, NEW))
    assert read(file) == old_text
    assert await keep(operator, old_text.replace(OLD, NEW)) == new
    reply = await operator.post(f"/flows/versions/{new}/activate", seen=listed.etag)
    assert (reply.status, reply.json["version"], reply.json["before"]) == (200, new, old)
    assert NEW in read(file)
    # What stood in the file was kept, so that one can go back.
    assert {one["version"] for one in reply.json["versions"]} == {old, new}
    late = await operator.post(f"/flows/versions/{old}/activate", seen=listed.etag)
    assert (late.status, late.kind) == (412, "changed-meanwhile")
    back = await operator.post("/flows/rollback", seen=reply.etag)
    assert back.json["version"] == old
    assert read(file) == old_text
    rows = await sql.fetch(
        "SELECT did, subject FROM audit_entry WHERE did LIKE 'flow.%' ORDER BY at"
    )
    assert [tuple(row) for row in rows] == [
        ("flow.added", f"hotline@{new}"),
        ("flow.activated", f"hotline: {old} → {new}"),
        ("flow.rolled_back", f"hotline: {new} → {old}"),
    ]


async def test_nothing_was_before_the_first_one(operator: Visitor) -> None:
    seen = (await operator.get("/flows")).etag
    reply = await operator.post("/flows/rollback", seen=seen)
    assert (reply.status, reply.kind) == (409, "nothing-before")
    reply = await operator.post("/flows/versions/00000000/activate", seen=seen)
    assert (reply.status, reply.kind) == (404, "not-found")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((OLD, '"1": producer'), "did you mean 'producers'"),
        (("name: hotline", "name: other"), "`other` is another menu"),
        (("  main:\n", "  main:\n\ttype: menu\n"), "tab"),
    ],
)
async def test_what_could_not_be_served_is_refused_with_its_line(
    operator: Visitor, file: Path, sql: Connection, change: tuple[str, str], says: str
) -> None:
    text = read(file).replace(*change, 1)
    reply = await operator.post("/flows/versions", {"content": text, "note": "uji"})
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "#/content")
    (found,) = [one["detail"] for one in reply.json["errors"] if says in one["detail"]]
    if change[0] != "name: hotline":
        line = text[: text.index(change[1].splitlines()[-1])].count("\n") + 1
        assert found.startswith(f"{line}:")
        judged = await operator.post("/flows/judge", {"content": text})
        assert judged.json["good"] is False
        assert judged.json["problems"][0]["line"] == line
    assert await sql.fetchval("SELECT count(*) FROM flow_version") == 0


async def test_a_queue_that_is_none_is_no_menu(operator: Visitor, file: Path) -> None:
    text = read(file).replace("queue: umum", "queue: nowhere", 1)
    assert text != read(file)
    reply = await operator.post("/flows/judge", {"content": text})
    assert "there is no queue `nowhere`" in reply.json["problems"][0]["message"]


async def test_a_file_that_is_broken_is_told_and_left(operator: Visitor, file: Path) -> None:
    write(file, "name: [")
    reply = await operator.get("/flows")
    assert (reply.status, reply.kind) == (409, "file-broken")
    assert read(file) == "name: ["


async def test_it_is_walked_with_keys_and_nothing_is_written(
    operator: Visitor, sql: Connection
) -> None:
    version = (await operator.get("/flows")).json["version"]
    path = f"/flows/versions/{version}/try"
    at = "2026-11-27T10:00:00+07:00"
    first = (await operator.post(path, {"at": at})).json
    assert (first["wants"], first["outcome"]) == ("key", "")
    assert [one["text"] for one in first["events"] if one["kind"] == "step"][-1] == "consent"
    keys = {"keys": ["1", "0"], "phone": "081234567890", "agents": True, "at": at}
    over = (await operator.post(path, keys)).json
    assert (over["wants"], over["outcome"]) == ("nothing", "agent")
    closed = (await operator.post(path, {"keys": ["1"], "at": "2026-11-28T10:00:00+07:00"})).json
    assert "closed" in [one["text"] for one in closed["events"] if one["kind"] == "step"]
    assert (await operator.post(path, {"keys": ["x"]})).status == 422
    assert await sql.fetchval("SELECT count(*) FROM call") == 0


async def test_the_pages_show_what_differs_and_try_it(
    visitors: Visitors, file: Path, desk: PostgresDesk
) -> None:
    await seed(desk)
    reader = Reader(await visitors.signed_in(Role.SUPERVISOR))
    text = read(file).replace(OLD, NEW)
    page = await reader.sends("/flows/new", content=text, do="judge", note="")
    assert "keys 1 → products, category: GANTI ⇒ → products, category: INFO" in page.plain
    page = await reader.sends("/flows/new", content=text + "x: y\n", do="keep", note="uji")
    assert (page.status, "tidak dapat dilayani" in page.plain) == (422, True)
    page = await reader.sends("/flows/new", content=text, do="keep", note="Harga & <b>INFO</b>")
    assert "belum berubah" in page.notice
    new = page.path.rpartition("/")[2]
    page = await reader.opens("/flows")
    assert "Harga &amp; &lt;b&gt;INFO&lt;/b&gt;" in page.text
    old = page.hidden("seen")
    for side in ("old", "new"):
        drawn = await reader.opens(f"/flows/{new}/menu.svg?than={old}&side={side}")
        assert drawn.headers["Content-Type"].startswith("image/svg+xml")
        assert "± berubah" in drawn.text
    page = await reader.opens(f"/flows/{new}?than={old}")
    assert "berubah main" in page.plain
    page = await reader.opens(f"/flows/{new}/try?at=2026-11-27T10:00&agents=true&keys=1~0~")
    assert "Petugas menjawab" in page.plain
    page = await reader.opens(f"/flows/{new}/try?keys=1~&at=kapan")
    assert page.status == 422
    page = await reader.sends(f"/flows/{new}/activate", seen=old)
    assert f"{new} aktif" in page.notice
    assert NEW in read(file)
    page = await reader.sends("/flows/rollback", seen=new)
    assert f"Dikembalikan ke {old}" in page.notice


async def test_an_auditor_reads_and_an_agent_does_not(visitors: Visitors) -> None:
    page = await Reader(await visitors.signed_in(Role.AUDITOR)).opens("/flows")
    assert "/activate" not in page.text
    assert (await Reader(await visitors.signed_in(Role.AGENT)).opens("/flows")).status == 403
