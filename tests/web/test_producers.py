"""The directory of producers over API and pages: imported, found, verified, and matched."""

import asyncio
import csv
import io
from typing import Any

import pytest

from tests.web.reader import Reader
from tests.web.seeded import OPEN, SECRET, seed
from tests.web.test_rights import A_PRODUCER
from tests.web.visitor import Reply, Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.producers import tables
from tickets.producers.written import HEADS
from tickets.rights import Role
from tickets.store import Connection

NIB = "1234567890123"
ROW = {
    **{"nib": NIB, "name": "Konveksi Contoh", "city": "Bandung", "kbli": "14111"},
    **{"kbli_version": "2020", "products": "jaket; hoodie", "schemes": "reseller; grosir"},
    **{"minimum_order": "12", "packages": "2 juta; 5 juta", "price_from": "65.000"},
    **{"price_to": "120.000", "capacity": "500", "delivery_days": "5", "returns": ""},
    **{"contact_name": "Ibu Contoh", "contact_phone": "081100000999"},
    **{"contact_shared": "tidak", "brand": "", "curated_by": "IKFT"},
    **{"catalogue": "https://contoh.example/katalog"},
}


def table(*rows: dict[str, str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """A file as an office has it, with the columns of the first row."""
    out = io.StringIO()
    names = list(rows[0])
    lines = csv.writer(out, delimiter=separator)
    lines.writerow([HEADS[name][0].upper() for name in names])
    lines.writerows([row[name] for name in names] for row in rows)
    return out.getvalue().encode(encoding)


@pytest.fixture
async def liaison(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.LIAISON)


async def uploads(visitor: Visitor, content: bytes) -> Reply:
    reply = await visitor.ask(
        "POST",
        "/api/v1/producers/imports",
        data=content,
        headers={"Content-Type": "application/octet-stream"},
        query={"name": "produsen.csv"},
    )
    assert reply.status == 201, reply.text
    return reply


async def imports(visitor: Visitor, content: bytes) -> Any:
    preview = (await uploads(visitor, content)).json
    reply = await visitor.post(f"/producers/imports/{preview['id']}/apply")
    assert reply.status == 200, reply.text
    return reply.json


async def the_only_one(visitor: Visitor) -> Reply:
    (line,) = (await visitor.get("/producers")).json["items"]
    return await visitor.get(f"/producers/{line['id']}")


async def test_a_file_is_looked_at_row_by_row_and_its_good_rows_taken(
    liaison: Visitor, sql: Connection
) -> None:
    content = table(
        ROW,
        ROW | {"nib": "2234567890123", "name": "Café Sandang", "city": "Atlantis"},
        ROW | {"nib": "3234567890123", "name": '=HYPERLINK("http://x")'},
        ROW | {"nib": "4234567890123", "kbli": "14999"},
        ROW,
        ROW | {"nib": "5234567890123", "products": "mesin cuci"},
        encoding="latin-1",
    )
    found = (await uploads(liaison, content)).json
    assert (found["rows"], found["new"], found["known"], found["bad"]) == (6, 3, 0, 3)
    assert found["encoding"] == "Windows-1252"
    wrongs = [(one["row"], one["field"], one["code"]) for one in found["wrongs"]]
    assert wrongs == [(4, "name", "formula"), (5, "kbli", "kbli"), (6, "nib", "duplicate")]
    notices = [(one["row"], one["code"]) for one in found["notices"]]
    assert notices == [(3, "city_unknown"), (7, "kind_unknown")]
    # Nothing is stored before somebody agrees.
    assert await sql.fetchval("SELECT count(*) FROM producer") == 0
    applied = (await liaison.post(f"/producers/imports/{found['id']}/apply")).json
    assert (applied["added"], applied["changed"]) == (3, 0)
    names = [row["name"] for row in await sql.fetch("SELECT name FROM producer ORDER BY nib")]
    assert names == ["Konveksi Contoh", "Café Sandang", "Konveksi Contoh"]
    # Once more it is the same; and the file is not kept any longer.
    again = (await liaison.post(f"/producers/imports/{found['id']}/apply")).json
    assert (again["added"], again["changed"]) == (3, 0)
    assert await sql.fetchval("SELECT count(content) FROM producer_import") == 0


async def test_a_known_producer_is_brought_up_to_date_and_verified_again(
    liaison: Visitor, sql: Connection
) -> None:
    await imports(liaison, table(ROW))
    one = await the_only_one(liaison)
    path = f"/producers/{one.json['id']}"
    body = {"on": "2026-11-20", "source": "kunjungan"}
    verified = await liaison.post(f"{path}/verification", body, seen=one.etag)
    assert (verified.json["verified_on"], verified.json["version"]) == ("2026-11-20", 2)
    shared = await liaison.post(
        f"{path}/sharing", {"shared": True, "proof": "lewat telepon"}, seen=verified.etag
    )
    assert shared.json["contact_shared"]
    # The same again changes nothing, nor do columns that are not there.
    less = {name: ROW[name] for name in ROW if name not in ("catalogue", "contact_shared")}
    same = await imports(liaison, table(less, separator=","))
    assert (same["added"], same["changed"]) == (0, 0)
    assert (await liaison.get(path)).json["verified_on"] == "2026-11-20"
    # A new price is to be verified; a new number was agreed to by nobody.
    other = await imports(liaison, table(less | {"price_to": "150.000"}))
    assert (other["added"], other["changed"]) == (0, 1)
    now = (await liaison.get(path)).json
    assert (now["price_to"], now["verified_on"], now["contact_shared"]) == (150_000, None, True)
    assert now["catalogue"] == ROW["catalogue"]
    await imports(liaison, table(less | {"contact_phone": "081100000998"}))
    now = (await liaison.get(path)).json
    assert (now["contact_phone"], now["contact_shared"]) == ("+6281100000998", False)
    kinds = [event["kind"] for event in now["history"]]
    assert kinds == ["imported", "imported", "shared", "verified", "added"]
    assert now["history"][0]["note"] == "produsen.csv: 2"
    assert await sql.fetchval("SELECT count(*) FROM producer") == 1


async def test_fifty_thousand_rows_are_taken_and_one_more_is_not(
    liaison: Visitor, sql: Connection
) -> None:
    small = {name: ROW[name] for name in ROW if name not in ("returns", "brand", "catalogue")}
    head, row = table(small).decode().split("\r\n", 1)
    many = [row.replace(NIB, f"{n:013d}") for n in range(50_000)]
    found = (await uploads(liaison, (head + "\r\n" + "".join(many)).encode())).json
    assert (found["rows"], found["new"], found["bad"]) == (50_000, 50_000, 0)
    # That all of them are written is a matter of time alone.
    some = tables.read("".join([head, "\r\n", *many[:400]]).encode()).packed()
    await sql.execute("UPDATE producer_import SET content = $1", some)
    applied = (await liaison.post(f"/producers/imports/{found['id']}/apply")).json
    assert applied["added"] == 400
    reply = await liaison.ask(
        "POST",
        "/api/v1/producers/imports",
        data=(head + "\r\n" + "".join([*many, row])).encode(),
        headers={"Content-Type": "application/octet-stream"},
    )
    assert reply.status == 422
    assert reply.json["errors"][0]["pointer"] == "#/file/too_many"


async def test_another_ones_file_is_not_there(liaison: Visitor, visitors: Visitors) -> None:
    found = (await uploads(liaison, table(ROW))).json
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    for method, end in (("GET", ""), ("POST", "/apply")):
        path = f"/api/v1/producers/imports/{found['id']}{end}"
        assert (await supervisor.ask(method, path)).status == 404


async def test_a_producer_is_found_by_all_that_matters(liaison: Visitor) -> None:
    await imports(
        liaison,
        table(
            ROW,
            ROW
            | {"nib": "2234567890123", "name": "Rajut Contoh", "city": "Kota Surakarta"}
            | {"products": "kaos", "schemes": "dropship", "minimum_order": "1"}
            | {"price_from": "30.000", "capacity": "40"},
        ),
    )
    for query, name in (
        ({"product": "jaket tebal"}, "Konveksi Contoh"),
        ({"product": "kaus"}, "Rajut Contoh"),
        ({"q": "rajut"}, "Rajut Contoh"),
        ({"q": NIB}, "Konveksi Contoh"),
        ({"scheme": "dropship"}, "Rajut Contoh"),
        ({"city": "solo"}, "Rajut Contoh"),
        ({"minimum_order": "5"}, "Rajut Contoh"),
        ({"price": "40000"}, "Rajut Contoh"),
        ({"capacity": "41"}, "Konveksi Contoh"),
    ):
        items = (await liaison.get("/producers", query=query)).json["items"]
        assert [one["name"] for one in items] == [name], query
    first = (await liaison.get("/producers", query={"limit": "1"})).json
    rest = (await liaison.get("/producers", query={"limit": "1", "after": first["next"]})).json
    assert len({one["items"][0]["nib"] for one in (first, rest)}) == 2
    assert (await liaison.get("/producers", query={"verified": "true"})).json["items"] == []


async def test_two_who_edit_one_entry_and_two_with_one_business_id(liaison: Visitor) -> None:
    made = await liaison.post("/producers", A_PRODUCER)
    assert made.status == 201
    path = f"/producers/{made.json['id']}"
    edits = await asyncio.gather(
        *(
            liaison.ask("PUT", f"/api/v1{path}", A_PRODUCER | {"name": name}, seen=made.etag)
            for name in ("satu", "dua")
        )
    )
    assert sorted(one.status for one in edits) == [200, 412]
    again = await liaison.post("/producers", A_PRODUCER)
    assert (again.status, again.kind) == (409, "producer-exists")
    wrong = await liaison.post("/producers", A_PRODUCER | {"kbli": ["14999"], "nib": "2" * 13})
    assert (wrong.status, wrong.json["errors"]) == (422, [{"pointer": "#/kbli", "detail": "kbli"}])
    body = {"on": "2027-01-01", "source": "kelak"}
    later = await liaison.post(f"{path}/verification", body, seen=(await liaison.get(path)).etag)
    assert later.status == 422


async def test_an_auditor_sees_a_contact_in_part(liaison: Visitor, visitors: Visitors) -> None:
    await imports(liaison, table(ROW))
    auditor = await visitors.signed_in(Role.AUDITOR)
    assert (await the_only_one(auditor)).json["contact_phone"] == "+62…999"


async def test_a_tickets_list_says_who_fits_and_why(
    liaison: Visitor, visitors: Visitors, desk: PostgresDesk, sql: Connection
) -> None:
    await seed(desk)
    fields = {"kind": "jaket", "scheme": "reseller", "capital": "2-3 juta"}
    etag = (await liaison.get(f"/tickets/{OPEN}")).etag
    assert (await liaison.patch(f"/tickets/{OPEN}", {"fields": fields}, seen=etag)).status == 200
    await imports(
        liaison,
        table(
            ROW,
            ROW | {"nib": "2" * 13, "name": "Jauh", "city": "Makassar", "packages": "5 juta"},
            ROW | {"nib": "3" * 13, "name": "Mirip", "products": "pakaian olahraga"},
            ROW | {"nib": "4" * 13, "name": "Habis", "capacity": "11"},
            ROW | {"nib": "5" * 13, "name": "Lain", "products": "sepatu"},
        ),
    )
    told = (await liaison.get(f"/tickets/{OPEN}/producers")).json
    assert told["asked"]
    assert told["wish"]["kinds"] == ["jacket"]
    assert [(one["name"], one["points"]) for one in told["found"]] == [
        ("Konveksi Contoh", 93),
        ("Mirip", 68),
        ("Jauh", 63),
    ]
    reasons = {one["about"]: one["found"] for one in told["found"][2]["reasons"]}
    assert reasons == {
        **{"product": "exact", "scheme": "yes", "capital": "no", "distance": "far"},
        **{"capacity": "much", "outcomes": "none", "verified": "no"},
    }
    page = await Reader(liaison).opens(f"/tickets/{OPEN}")
    assert "Produsen yang cocok" in page.plain
    assert "bisa mulai dari Rp 2.000.000, modal Rp 3.000.000" in page.plain.replace("\u00a0", " ")
    assert page.plain.index("Konveksi Contoh") < page.plain.index("Mirip")
    # A confidential ticket has no list for who may not see it; one that does not ask has none.
    assert (await liaison.get(f"/tickets/{SECRET}/producers")).status == 404
    agent = await visitors.signed_in(Role.AGENT)
    assert not (await agent.get(f"/tickets/{SECRET}/producers")).json["asked"]
    assert "Produsen yang cocok" not in (await Reader(agent).opens(f"/tickets/{SECRET}")).plain


async def test_the_pages_lead_from_a_file_to_a_verified_producer(liaison: Visitor) -> None:
    reader = Reader(liaison)
    template = await reader.opens("/producers/import/template.csv")
    refused = await reader.sends_file("/producers/import", "foto.png", b"\x89PNG\r\n\x1a\n\x00")
    assert "bukan tabel" in refused.notice
    assert (
        "kolom wajib" in (await reader.sends_file("/producers/import", "x.csv", b"a;b\n1;2")).notice
    )
    assert refused.path == "/producers/import"
    preview = await reader.sends_file("/producers/import", "c.csv", template.text.encode())
    assert "Impor 1 baris" in preview.plain
    done = await reader.sends(f"{preview.path}/apply")
    assert (done.path, done.notice) == ("/producers", "Impor selesai: 1 produsen baru, 0 berubah.")
    one = (await the_only_one(liaison)).json
    path = f"/producers/{one['id']}"
    page = await reader.opens(path)
    assert "belum diverifikasi" in page.plain
    page = await reader.sends(
        f"{path}/verify", version=page.hidden("version"), on="2026-11-20", source="OSS"
    )
    assert "Jum 20 Nov 2026: OSS" in page.plain
    page = await reader.sends(
        f"{path}/share", version=page.hidden("version"), shared="true", proof="lewat telepon"
    )
    assert "Boleh diberikan kepada pedagang" in page.plain
    # The form has what is there; sent as it is, the contact stays shared and is to be verified.
    form = await reader.opens(f"{path}/edit")
    given = ("nib", "name", "city", "kbli", "products", "price_from", "price_to", "capacity")
    more = ("contact_phone", "contact_name", "minimum_order", "packages")
    fields = {name: form.typed(name) for name in (*given, *more)}
    fields |= {"version": form.hidden("version"), "kbli_version": "2020", "curated_by": "ikft"}
    wrong = await reader.sends(
        f"{path}/edit",
        fields=fields | {"kbli": "14999", "name": "Tetap Diketik"},
        schemes="reseller",
    )
    assert (wrong.status, "kode KBLI ini tidak ada" in wrong.plain) == (422, True)
    assert 'value="Tetap Diketik"' in wrong.text
    page = await reader.sends(f"{path}/edit", fields=fields, schemes=["reseller", "dropship"])
    assert page.path == path
    now = (await the_only_one(liaison)).json
    assert (now["schemes"], now["contact_shared"]) == (["reseller", "dropship"], True)
    assert (now["verified_on"], now["packages"]) == (None, [2_000_000, 5_000_000])
    page = await reader.sends(
        f"{path}/status", version=page.hidden("version"), status="paused", why="libur"
    )
    assert "paused: libur" in page.plain
