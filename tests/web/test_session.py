"""Signing in and out, and what a session is good for when it is misused."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from tests.web.visitor import PASSWORD, Visitor, Visitors
from tickets.rights import Right, Role
from tickets.store import Connection
from tickets.totp import Totp
from tickets.users import Users

OTHER = "another sentence of some length"


async def test_who_signs_in_is_known_with_their_rights(visitors: Visitors) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    told = (await agent.get("/session")).json
    assert (told["login"], told["role"]) == ("the-agent", "agent")
    assert "tickets.read" in told["rights"]
    assert "audit.read" not in told["rights"]


async def test_the_cookie_is_for_this_site_and_its_server_alone(visitors: Visitors) -> None:
    visitor = visitors.stranger()
    reply = await visitor.signs_in(await visitors.user(Role.AGENT))
    cookie = reply.headers["Set-Cookie"]
    for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in cookie


async def test_only_a_hash_of_the_cookie_is_kept(visitors: Visitors, sql: Connection) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    (cookie,) = agent.session.cookie_jar
    row = await sql.fetchrow("SELECT * FROM desk_session")
    assert cookie.value not in repr(dict(row))
    assert cookie.value.encode().hex() not in repr(dict(row))


@pytest.mark.parametrize(
    ("login", "password"), [("the-agent", "wrong password"), ("nobody", PASSWORD)]
)
async def test_a_wrong_password_and_an_unknown_login_are_told_alike(
    visitors: Visitors, login: str, password: str
) -> None:
    await visitors.user(Role.AGENT)
    reply = await visitors.stranger().signs_in(login, password)
    assert (reply.status, reply.kind) == (401, "sign-in-refused")
    assert reply.json["detail"] == "login, password or code is wrong"


async def test_a_disabled_user_is_out_at_once(visitors: Visitors, users: Users) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    await users.disable("the-agent")
    assert (await agent.get("/session")).status == 401
    assert (await visitors.stranger().signs_in("the-agent")).status == 401
    await users.enable("the-agent")
    assert (await agent.get("/session")).status == 401
    assert (await visitors.stranger().signs_in("the-agent")).status == 201


async def test_a_session_is_over_after_signing_out(visitors: Visitors) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    (cookie,) = agent.session.cookie_jar
    assert (await agent.delete("/session")).status == 204
    thief = visitors.stranger()
    thief.headers["Cookie"] = f"saluran={cookie.value}"
    reply = await thief.get("/session")
    assert (reply.status, reply.kind) == (401, "not-signed-in")


async def test_a_new_password_ends_the_other_sessions_alone(visitors: Visitors) -> None:
    here = await visitors.signed_in(Role.AGENT)
    elsewhere = await visitors.signed_in(Role.AGENT)
    reply = await here.put("/session/password", {"old": PASSWORD, "new": OTHER})
    assert reply.status == 204
    assert (await here.get("/session")).status == 200
    assert (await elsewhere.get("/session")).status == 401
    assert (await visitors.stranger().signs_in("the-agent", PASSWORD)).status == 401
    assert (await visitors.stranger().signs_in("the-agent", OTHER)).status == 201


async def test_a_new_password_needs_the_old_one_and_some_length(visitors: Visitors) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    reply = await agent.put("/session/password", {"old": "no", "new": OTHER})
    assert (reply.status, reply.kind) == (401, "sign-in-refused")
    for weak in ("short", "a" * 20, "the-agent is my name"):
        reply = await agent.put("/session/password", {"old": PASSWORD, "new": weak})
        assert (reply.status, reply.kind) == (422, "password-refused")


async def test_sessions_end_with_time(visitors: Visitors, sql: Connection) -> None:
    idle = await visitors.signed_in(Role.AGENT)
    await sql.execute("UPDATE desk_session SET seen_at = now() - interval '5 h'")
    assert (await idle.get("/session")).status == 401
    old = await visitors.signed_in(Role.AGENT)
    await sql.execute("UPDATE desk_session SET ends_at = now() - interval '1 s'")
    assert (await old.get("/session")).status == 401


async def test_a_change_needs_the_token_of_its_own_session(visitors: Visitors) -> None:
    one = await visitors.signed_in(Role.SUPERVISOR, "one")
    other = await visitors.signed_in(Role.SUPERVISOR, "other")
    good = one.headers.pop("X-CSRF-Token")
    for given in ({}, {"X-CSRF-Token": "no"}, {"X-CSRF-Token": other.headers["X-CSRF-Token"]}):
        reply = await one.post("/line/closures", {"reason": "banjir"}, headers=given)
        assert (reply.status, reply.kind) == (403, "csrf")
    one.headers["X-CSRF-Token"] = good
    assert (await one.post("/line/closures", {"reason": "banjir"})).status == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_page_changes_nothing(
    visitors: Visitors, headers: dict[str, str]
) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    reply = await supervisor.post("/line/reopen", headers=headers)
    assert (reply.status, reply.kind) == (403, "foreign-page")
    reply = await visitors.stranger().post(
        "/session", {"login": "the-supervisor", "password": PASSWORD}, headers=headers
    )
    assert (reply.status, reply.kind) == (403, "foreign-page")


async def test_after_five_wrong_tries_even_the_right_password_waits(
    visitors: Visitors, sql: Connection
) -> None:
    await visitors.user(Role.AGENT)
    stranger = visitors.stranger()
    for _ in range(5):
        assert (await stranger.signs_in("the-agent", "wrong password")).status == 401
    locked = await stranger.signs_in("the-agent")
    assert (locked.status, locked.kind) == (429, "locked-out")
    assert 1 <= int(locked.headers["Retry-After"]) <= 5
    # A try while locked does not make the wait longer, or a stranger could lock one out for ever.
    assert await sql.fetchval("SELECT count(*) FROM sign_in_try") == 5
    await sql.execute("UPDATE sign_in_try SET at = at - interval '6 s'")
    assert (await stranger.signs_in("the-agent")).status == 201
    assert await sql.fetchval("SELECT count(*) FROM sign_in_try") == 0


async def test_each_further_try_waits_longer_up_to_a_quarter_of_an_hour(
    visitors: Visitors, sql: Connection
) -> None:
    login = await visitors.user(Role.AGENT)
    waits = []
    for tries in (6, 8, 20):
        await sql.execute("DELETE FROM sign_in_try")
        await sql.execute(
            "INSERT INTO sign_in_try (login, address) SELECT $1, '10.0.0.1' "
            "FROM generate_series(1, $2)",
            login,
            tries,
        )
        reply = await visitors.stranger().signs_in(login)
        waits.append(int(reply.headers["Retry-After"]))
    assert [round(wait / 10) for wait in waits] == [1, 4, 90]


async def test_many_logins_from_one_address_are_locked_too(
    visitors: Visitors, sql: Connection
) -> None:
    login = await visitors.user(Role.AGENT)
    await sql.execute(
        "INSERT INTO sign_in_try (login, address) SELECT 'login' || n, '127.0.0.1' "
        "FROM generate_series(1, 30) AS n"
    )
    assert (await visitors.stranger().signs_in(login)).kind == "locked-out"


async def test_tries_made_at_once_see_each_other(visitors: Visitors) -> None:
    await visitors.user(Role.AGENT)
    strangers = [visitors.stranger() for _ in range(12)]
    replies = await asyncio.gather(*(s.signs_in("the-agent", "wrong pass") for s in strangers))
    assert sum(reply.status == 401 for reply in replies) <= 6
    assert any(reply.status == 429 for reply in replies)


async def with_code(visitors: Visitors, users: Users, totp: Totp) -> pyotp.TOTP:
    login = await visitors.user(Role.AGENT)
    address = await users.new_totp(login, totp)
    return pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])


async def test_the_second_factor_is_asked_for_and_taken_once(
    visitors: Visitors, users: Users, totp: Totp
) -> None:
    codes = await with_code(visitors, users, totp)
    visitor = visitors.stranger()
    reply = await visitor.signs_in("the-agent")
    assert (reply.status, reply.kind) == (401, "code-needed")
    code = codes.now()
    assert (await visitor.signs_in("the-agent", code=code)).status == 201
    again = await visitors.stranger().signs_in("the-agent", code=code)
    assert (again.status, again.kind) == (401, "sign-in-refused")


async def test_a_wrong_code_counts_as_a_wrong_password(
    visitors: Visitors, users: Users, totp: Totp
) -> None:
    codes = await with_code(visitors, users, totp)
    now = int(time.time())
    right = {codes.at(now + offset * 30) for offset in (-1, 0, 1, 2)}
    wrong = next(
        code for code in ("000000", "111111", "222222", "333333", "444444") if code not in right
    )
    stranger = visitors.stranger()
    for _ in range(5):
        assert (await stranger.signs_in("the-agent", code=wrong)).status == 401
    assert (await stranger.signs_in("the-agent", code=codes.now())).kind == "locked-out"


async def test_a_second_factors_secret_is_kept_encrypted(
    visitors: Visitors, users: Users, totp: Totp, sql: Connection
) -> None:
    codes = await with_code(visitors, users, totp)
    kept = await sql.fetchval("SELECT totp_secret FROM desk_user")
    assert codes.secret.encode() not in kept
    step = Totp(b"a key of the tests").step(kept, "the-agent", codes.now())
    assert step is not None


async def test_a_user_gives_themselves_a_second_factor(visitors: Visitors) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    elsewhere = await visitors.signed_in(Role.AGENT)
    assert (await agent.post("/session/totp", {"password": "no"})).kind == "sign-in-refused"
    address = (await agent.post("/session/totp", {"password": PASSWORD})).json["address"]
    codes = pyotp.TOTP(parse_qs(urlsplit(address).query)["secret"][0])
    # Nobody is locked out by one that never came into an authenticator.
    assert (await visitors.stranger().signs_in("the-agent")).status == 201
    code = codes.now()
    assert (await agent.put("/session/totp", {"code": code})).status == 204
    assert (await agent.get("/session")).status == 200
    assert (await elsewhere.get("/session")).status == 401
    assert (await visitors.stranger().signs_in("the-agent")).kind == "code-needed"
    assert (await visitors.stranger().signs_in("the-agent", code=code)).kind == "sign-in-refused"
    assert (await agent.put("/session/totp", {"code": code})).kind == "sign-in-refused"


async def test_signing_in_again_ends_the_browsers_session_from_before(
    visitors: Visitors, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    (before,) = [cookie.value for cookie in agent.session.cookie_jar]
    await agent.signs_in("the-agent")
    (after,) = [cookie.value for cookie in agent.session.cookie_jar]
    assert before != after
    assert await sql.fetchval("SELECT count(*) FROM desk_session") == 1


async def test_sign_ins_are_in_the_audit(visitors: Visitors) -> None:
    await visitors.user(Role.AGENT)
    await visitors.stranger().signs_in("the-agent", "wrong password")
    auditor = await visitors.signed_in(Role.AUDITOR)
    entries = (await auditor.get("/audit")).json["items"]
    did = [(entry["who"], entry["did"]) for entry in entries]
    assert did[:2] == [("the-auditor", "session.began"), ("operator", "user.added")]
    assert ("the-agent", "session.refused") in did


async def new_token(owner: Visitor, *scopes: str, **more: Any) -> Any:
    ends_at = (datetime(2026, 11, 27, 10, tzinfo=UTC) + timedelta(days=30)).isoformat()
    body = {"name": "a program", "scopes": scopes, "ends_at": ends_at} | more
    reply = await owner.post("/tokens", body)
    assert reply.status == 201, reply.text
    return reply.json


async def test_a_token_does_what_it_is_for_and_no_more(visitors: Visitors, sql: Connection) -> None:
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    token = await new_token(supervisor, "tickets.read")
    assert token["token"].encode() not in repr(await sql.fetchrow("TABLE api_token")).encode()
    program = visitors.program(token["token"])
    assert (await program.get("/tickets")).status == 200
    assert (await program.get("/calls")).kind == "not-allowed"
    # A token needs no CSRF token, for no browser adds it by itself.
    assert (await program.post("/line/reopen")).kind == "not-allowed"
    # It makes no other tokens, changes no password, and signs nobody out.
    assert (await program.get("/tokens")).status == 403
    assert (await program.delete("/session")).status == 403
    reply = await program.put("/session/password", {"old": PASSWORD, "new": OTHER})
    assert reply.status == 403


async def test_a_token_has_no_right_that_its_owner_lacks(
    visitors: Visitors, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    body = {"name": "x", "scopes": ["audit.read"], "ends_at": "2026-12-01T00:00:00Z"}
    assert (await agent.post("/tokens", body)).status == 403
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    program = visitors.program((await new_token(supervisor, "audit.read"))["token"])
    assert (await program.get("/audit")).status == 200
    await sql.execute("UPDATE desk_user SET role = 'agent' WHERE login = 'the-supervisor'")
    assert (await program.get("/audit")).status == 403


async def test_a_revoked_or_ended_token_is_nobodys(visitors: Visitors, sql: Connection) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    token = await new_token(agent, "tickets.read")
    program = visitors.program(token["token"])
    assert (await program.get("/tickets")).status == 200
    other = await visitors.signed_in(Role.SUPERVISOR)
    assert (await other.delete(f"/tokens/{token['id']}")).status == 404
    assert (await agent.delete(f"/tokens/{token['id']}")).status == 204
    assert (await program.get("/tickets")).status == 401
    assert (await agent.get("/tokens")).json == []
    ended = visitors.program((await new_token(agent, "tickets.read"))["token"])
    await sql.execute("UPDATE api_token SET ends_at = now() - interval '1 s'")
    assert (await ended.get("/tickets")).status == 401


@pytest.mark.parametrize("ends_at", ["2026-11-27T09:00:00Z", "2028-01-01T00:00:00Z"])
async def test_a_token_ends_within_a_year(visitors: Visitors, ends_at: str) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    reply = await agent.post(
        "/tokens", {"name": "x", "scopes": ["tickets.read"], "ends_at": ends_at}
    )
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "#/ends_at")


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Bearer \xff\xfe\x80",
        b"Cookie: saluran=\xff\xfe\x80",
        b"X-Request-Id: \xff\xfe\x80\x80\x80\x80\x80\x80",
        b"X-Forwarded-For: \xff\xfe\x80",
        b"Origin: http://\xff\xfe\x80",
        b"If-Match: \xff",
    ],
)
async def test_headers_that_are_no_text_are_nobodys(visitors: Visitors, header: bytes) -> None:
    port = urlsplit(visitors.address).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"DELETE /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + b"\r\n\r\n")
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status in (b"401", b"403")


@pytest.mark.parametrize("given", ["Bearer", "Basic YTpi", "Bearer slr_no", "bearer   "])
async def test_what_is_no_token_is_refused(visitors: Visitors, given: str) -> None:
    stranger = visitors.stranger()
    assert (await stranger.get("/tickets", headers={"Authorization": given})).status == 401


def test_every_right_is_a_scope_in_lower_case() -> None:
    assert all(right.value == right.value.lower() for right in Right)
    assert json.dumps([Right.PHONES]) == '["phones"]'
