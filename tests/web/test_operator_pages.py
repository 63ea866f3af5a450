"""Accounts, tokens, the audit and the machines' condition on pages, by operators and auditors."""

import csv
import io
import re

import pyotp
import pytest

from tests.web.reader import Reader, Seen
from tests.web.seeded import SECRET, seed
from tests.web.visitor import Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.totp import Totp
from tickets.users import Users


@pytest.fixture
async def operator(visitors: Visitors) -> Reader:
    return Reader(await visitors.signed_in(Role.OPERATOR))


def secret_of(page: Seen) -> str:
    """What is shown this once."""
    match = re.search(r'<code class="secret">([^<]+)</code>', page.text)
    assert match, page.plain
    return match[1]


async def test_an_account_is_made_used_changed_and_ended(
    visitors: Visitors, operator: Reader, sql: Connection
) -> None:
    page = await operator.sends("/users", login="rina", name="Rina Wati", role="agent")
    password = secret_of(page)
    assert len(password) >= 20
    again = await operator.opens("/users/rina")
    assert (password in again.text, "argon2" in again.text) == (False, False)
    rina = visitors.stranger()
    assert (await rina.signs_in("rina", password)).status == 201
    assert (await rina.get("/tickets")).status == 200
    assert "127.0.0.1" in (await operator.opens("/users/rina")).plain
    page = await operator.sends("/users/rina/role", role="auditor")
    assert (page.notice, "Pemeriksa" in page.plain) == (
        "Peran sudah diganti; sesinya berakhir.",
        True,
    )
    assert (await rina.get("/tickets")).status == 401
    assert (await rina.signs_in("rina", password)).json["role"] == "auditor"
    await operator.sends("/users/rina/sessions")
    assert (await rina.get("/audit")).status == 401
    renewed = secret_of(await operator.sends("/users/rina/password"))
    assert (await rina.signs_in("rina", password)).status == 401
    assert (await rina.signs_in("rina", renewed)).status == 201
    page = await operator.sends("/users/rina/disable")
    assert "Dinonaktifkan" in page.plain
    assert (await rina.get("/audit")).status == 401
    await operator.sends("/users/rina/enable")
    assert (await rina.signs_in("rina", renewed)).status == 201
    taken = await operator.sends("/users", login="rina", name="Rina", role="agent")
    assert "sudah dipakai" in taken.notice
    no_agent = await operator.sends(
        "/users", login="tono", name="T", role="agent", extension="6999"
    )
    assert "nomor ekstensi" in no_agent.notice
    rows = await sql.fetch("SELECT who, did, address FROM audit_entry WHERE subject = 'rina'")
    done = [row["did"] for row in rows if row["did"].startswith("user.")]
    assert done == [
        "user.added",
        "user.role_set",
        "user.sessions_ended",
        "user.password_set",
        "user.disabled",
        "user.enabled",
    ]
    assert {tuple(row)[::2] for row in rows if row["did"].startswith("user.")} == {
        ("the-operator", "127.0.0.1")
    }


async def test_nobody_shuts_the_last_door_behind_them(operator: Reader) -> None:
    for path, fields in (
        ("/users/the-operator/disable", {}),
        ("/users/the-operator/role", {"role": "auditor"}),
    ):
        assert "nama masuk" in (await operator.sends(path, fields=fields)).notice
    assert (await operator.opens("/users/the-operator")).status == 200
    assert (await operator.opens("/users/nobody-here")).status == 404


async def test_who_is_locked_out_or_has_lost_their_phone_is_let_in(
    visitors: Visitors, operator: Reader, users: Users, totp: Totp
) -> None:
    login = await visitors.user(Role.AGENT)
    stranger = visitors.stranger()
    for _ in range(6):
        await stranger.signs_in(login, "not this one at all")
    assert (await stranger.signs_in(login)).status == 429
    page = await operator.opens(f"/users/{login}")
    assert "Terkunci" in page.plain
    page = await operator.sends(f"/users/{login}/unlock")
    assert "Terkunci" not in page.plain
    assert (await stranger.signs_in(login)).status == 201
    address = await users.new_totp(login, totp)
    assert pyotp.parse_uri(address)
    assert (await stranger.signs_in(login)).kind == "code-needed"
    await operator.sends(f"/users/{login}/totp")
    assert (await stranger.signs_in(login)).status == 201


async def test_a_token_is_made_with_some_rights_and_revoked(
    visitors: Visitors, sql: Connection
) -> None:
    reader = Reader(await visitors.signed_in(Role.SUPERVISOR))
    page = await reader.sends(
        "/account/tokens", name="laporan", days="7", scopes=["reports.read", "line.read"]
    )
    token = secret_of(page)
    assert token.startswith("slr_")
    assert token not in (await reader.opens("/account/tokens")).text
    program = visitors.program(token)
    assert (await program.get("/line/closures")).status == 200
    assert (await program.get("/tickets")).status == 403
    # A program opens no pages of its owner's account, nor makes tokens.
    async with program.session.get("/account/tokens", headers=program.headers) as answer:
        assert answer.status == 403
    beyond = await reader.sends("/account/tokens", name="x", days="7", scopes=["users.change"])
    assert beyond.status == 403
    none = await reader.sends("/account/tokens", name="x", days="7")
    assert "hak token" in none.notice
    id_ = await sql.fetchval("SELECT id FROM api_token")
    other = Reader(await visitors.signed_in(Role.AGENT))
    assert (await other.sends(f"/account/tokens/{id_}/revoke")).status == 404
    page = await reader.sends(f"/account/tokens/{id_}/revoke")
    assert "sudah dicabut" in page.notice
    assert (await program.get("/line/closures")).status == 401


async def test_the_audit_is_narrowed_and_taken_out_without_formulas(
    visitors: Visitors, desk: PostgresDesk, sql: Connection
) -> None:
    await seed(desk)
    await (await visitors.signed_in(Role.AGENT)).get(f"/tickets/{SECRET}")
    formula = '=HYPERLINK("http://x.example","klik")'
    await visitors.stranger().signs_in(formula, "not this one")
    reader = Reader(await visitors.signed_in(Role.AUDITOR))
    page = await reader.opens("/audit?did=ticket.read")
    assert (SECRET in page.plain, page.plain.count("the-agent")) == (True, 1)
    assert "Tidak ada." in (await reader.opens("/audit?day_until=2020-01-01")).plain
    assert SECRET in (await reader.opens("/audit?day_from=2020-01-01&who=the-agent")).plain
    assert (await reader.opens("/audit?day_from=yesterday")).status == 422
    file = await reader.opens("/audit/export?who=&subject=")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    heads, *rows = csv.reader(io.StringIO(file.text.lstrip("\ufeff"), newline=""))
    assert heads == ["Kapan", "Siapa", "Melakukan", "Tentang", "Dari alamat"]
    assert len(rows) == await sql.fetchval("SELECT count(*) FROM audit_entry")
    assert [row[1] for row in rows if "hyperlink" in row[1]] == ["'" + formula.lower()]
    assert not [one for row in rows for one in row if one.startswith(("=", "+", "-", "@"))]
    narrowed = await reader.opens("/audit/export?did=ticket.read")
    assert len(narrowed.text.splitlines()) == 2
    assert await sql.fetchval("SELECT count(*) FROM audit_entry WHERE did = 'audit.exported'") == 2


async def test_the_condition_is_told_with_what_to_do_the_bad_first(operator: Reader) -> None:
    page = await operator.opens("/health")
    assert "3 hal perlu dikerjakan" in page.plain
    # What a check names is told in the page's language; the rest of its words are English.
    assert "/srv/messages tinggal 12 MB." in page.plain
    assert "Kosongkan sedikitnya 500 MB." in page.plain
    assert "MB left" not in page.plain
    for told in ("127.0.0.1:1", "systemctl start saluran", "mkdir -p spool", "Tidak diketahui"):
        assert told in page.plain
    places = [page.plain.index(told) for told in ("Layanan telepon", "Cadangan", "Basis data")]
    assert places == sorted(places)
    assert "<html" not in (await operator.opens("/health/parts")).text


async def test_accounts_are_kept_by_the_api_too_but_by_no_token(
    visitors: Visitors, operator: Reader, users: Users, totp: Totp
) -> None:
    api = operator.visitor
    made = await api.post("/users", {"login": "rina", "name": "Rina Wati", "role": "agent"})
    assert (made.status, made.json["login"]) == (201, "rina")
    rina = visitors.stranger()
    assert (await rina.signs_in("rina", made.json["password"])).status == 201
    assert [one["login"] for one in (await api.get("/users")).json] == ["rina", "the-operator"]
    account = await api.put("/users/rina/role", {"role": "auditor"})
    assert (account.json["user"]["role"], account.json["sessions"]) == ("auditor", [])
    renewed = (await api.post("/users/rina/password")).json["password"]
    assert (await rina.signs_in("rina", made.json["password"])).status == 401
    assert (await api.get("/users/rina")).json["wrong_tries"] == 1
    assert (await api.post("/users/rina/unlock")).json["wrong_tries"] == 0
    await users.new_totp("rina", totp)
    assert (await api.delete("/users/rina/totp")).status == 204
    assert (await rina.signs_in("rina", renewed)).status == 201
    assert (await api.delete("/users/rina/sessions")).status == 204
    assert (await rina.get("/audit")).status == 401
    assert (await api.post("/users/rina/disable")).json["user"]["disabled_at"]
    assert (await api.post("/users/rina/enable")).json["user"]["disabled_at"] is None
    taken = await api.post("/users", {"login": "rina", "name": "R", "role": "agent"})
    assert (taken.status, taken.kind) == (409, "user-exists")
    own = await api.post("/users/the-operator/disable")
    assert (own.status, own.json["errors"][0]["pointer"]) == (422, "#/login")
    for path in ("/users/nobody-here/disable", "/users/nobody-here/password"):
        assert (await api.post(path)).status == 404
    scopes = {"name": "x", "scopes": ["users.change"], "ends_at": "2026-12-01T00:00:00Z"}
    token = await api.post("/tokens", scopes)
    assert (await visitors.program(token.json["token"]).get("/users")).status == 403
