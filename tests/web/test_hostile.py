"""What nobody should send, and what comes back: never a mistake of ours, never somebody's words as
anything but words."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.web.visitor import Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.web.envelope import POLICY

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "</textarea><script>alert(1)</script>",
    "\u202e\u2066gnp.exe",
]
STATEMENTS = [
    "'; DROP TABLE ticket; --",
    "' OR '1'='1",
    "1); DELETE FROM ticket; --",
    "\\'; SELECT pg_sleep(10); --",
    "$1",
    "%' OR 1=1 --",
    "a' | b & !c:*",
    "\\",
    "%",
    '"',
    "((((",
]


@pytest.fixture
async def agent(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.AGENT)


@pytest.mark.parametrize("text", SCRIPTS)
async def test_a_script_stays_text_that_no_browser_runs(agent: Visitor, text: str) -> None:
    body = {"category": "INFO", "fields": {"question": text}, "comment": text}
    reply = await agent.post("/tickets", body)
    assert reply.status == 201
    assert reply.json["fields"]["question"] == text
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == POLICY
    for word in ("unsafe-inline", "unsafe-eval", "*", "http:"):
        assert word not in POLICY


@pytest.mark.parametrize("text", STATEMENTS)
async def test_a_statement_stays_text_that_no_database_runs(
    agent: Visitor, sql: Connection, text: str
) -> None:
    reply = await agent.post("/tickets", {"category": "INFO", "fields": {"question": text}})
    assert reply.json["fields"]["question"] == text
    for path, query in (
        ("/tickets", {"q": text}),
        ("/people", {"name": text}),
        ("/audit", {"who": text}),
        ("/tickets", {"owner": text}),
        ("/tickets", {"after": text}),
    ):
        found = await agent.get(path, query=query)
        assert found.status in (200, 403, 422), (path, found.text)
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb", "a\x00b", "é", "a" * 5000])
async def test_no_header_is_made_of_what_was_sent(agent: Visitor, value: str) -> None:
    reply = await agent.get("/tickets", query={"q": value})
    assert reply.status in (200, 422)
    assert "x=1" not in reply.headers.get("Set-Cookie", "")
    named = await agent.get("/session", headers={"X-Request-Id": "id with spaces; x=1"})
    assert named.headers["X-Request-Id"] != "id with spaces; x=1"
    kept = await agent.get("/session", headers={"X-Request-Id": "proxy-0123456789"})
    assert kept.headers["X-Request-Id"] == "proxy-0123456789"


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b"", "#"),
        (b"{", "#"),
        (b"[]", "#"),
        (b"null", "#"),
        (b'{"category": "NONE"}', "#/category"),
        (b'{"category": "INFO", "more": 1}', "#/more"),
        (b'{"category": "INFO", "fields": {"a b": "x"}}', "#/fields/a b/[key]"),
        (b'{"category": "INFO", "fields": {"a": {"b": "c"}}}', "#/fields/a"),
        (b'{"category": "INFO", "comment": "a\\u0000b"}', "#/comment"),
        (b'{"category": "INFO", "comment": "   "}', "#/comment"),
        (b'{"category": "INFO", "comment": "\\ud800"}', "#"),
        (b'{"category": "INFO", "name": "two\\nlines"}', "#/name"),
        (b'\xff\xfe{"category": "INFO"}', "#"),
        (b'{"category": "INFO", "language": "en", "owner": 5}', "#/owner"),
        (b"[" * 100_000, "#"),
        (b'{"category": ' + b"9" * 5000 + b"}", "#"),
    ],
)
async def test_a_bad_body_is_refused_with_its_place(
    agent: Visitor, sql: Connection, raw: bytes, pointer: str
) -> None:
    reply = await agent.post("/tickets", data=raw)
    assert (reply.status, reply.kind) == (422, "unacceptable"), reply.text
    assert reply.json["errors"][0]["pointer"] == pointer
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 0


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "10000"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"status": "gone"}, "status"),
        ({"nothing": "1"}, "nothing"),
        ([("owner", "ani"), ("owner", "budi")], "owner"),
        ({"after": "no"}, "after"),
        ({"after": "eyJhIjoxfQ"}, "after"),
        ({"after": "é"}, "after"),
        ({"due_before": "2026-11-27T09:00:00"}, "due_before"),
        ({"opened_from": "99999-01-01T00:00:00Z"}, "opened_from"),
        ({"phone": "drop table"}, "phone"),
    ],
)
async def test_a_bad_query_is_refused_with_its_parameter(
    agent: Visitor, query: Any, parameter: str
) -> None:
    reply = await agent.get("/tickets", query=query)
    assert (reply.status, reply.kind) == (422, "unacceptable"), reply.text
    assert reply.json["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/tickets/../../etc/passwd", 404),
        ("GET", "/tickets/%2e%2e%2fhealthz", 404),
        ("GET", "/tickets/1;DROP", 404),
        ("GET", "/calls/not-an-id", 404),
        ("PUT", "/tickets", 405),
        ("TRACE", "/tickets", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_too(
    agent: Visitor, method: str, path: str, status: int
) -> None:
    reply = await agent.ask(method, path)
    assert reply.status == status
    assert reply.kind in ("not-found", "method-not-allowed")
    assert reply.json["instance"].startswith("urn:saluran:request:")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/html"])
async def test_a_form_of_another_site_is_no_json(visitors: Visitors, kind: str) -> None:
    reply = await visitors.stranger().post(
        "/session", {"login": "x", "password": "y"}, headers={"Content-Type": kind}
    )
    assert (reply.status, reply.kind) == (415, "not-json")


async def test_a_body_that_is_too_large_is_refused(agent: Visitor) -> None:
    reply = await agent.post("/tickets", data=b" " * 300_000)
    assert (reply.status, reply.kind) == (413, "too-large")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[", ""])
async def test_a_foreign_name_is_not_served(visitors: Visitors, host: str) -> None:
    reply = await visitors.stranger().get("/session", headers={"Host": host})
    assert reply.status in (400, 421)


async def test_who_asks_too_often_waits(web_desk: Desk, visitors: Visitors) -> None:
    await visitors.user(Role.AGENT)
    server = TestServer(make_app(web_desk, Options(user_rate=2, stranger_rate=0.1)))
    await server.start_server()
    there = Visitors(str(server.make_url("/")), visitors.users)
    try:
        agent, stranger = there.stranger(), there.stranger()
        assert (await agent.signs_in("the-agent")).status == 201
        replies = [await agent.get("/session") for _ in range(12)]
        assert [reply.status for reply in replies[:10]] == [200] * 10
        assert (replies[-1].status, replies[-1].kind) == (429, "too-many")
        assert int(replies[-1].headers["Retry-After"]) >= 1
        strange = [await stranger.get("/session") for _ in range(4)]
        assert [reply.status for reply in strange] == [401, 401, 429, 429]
    finally:
        await there.close()
        await server.close()


async def test_a_slow_body_is_not_waited_for(web_desk: Desk) -> None:
    server = TestServer(make_app(web_desk, Options(body_seconds=0.05)))
    await server.start_server()
    assert server.port is not None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        try:
            assert b" 408 " in await reader.readline()
        finally:
            writer.close()
    finally:
        await server.close()


async def test_our_own_mistake_tells_nobody_what_it_was(
    app: web.Application, visitors: Visitors, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await visitors.signed_in(Role.AGENT)

    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret words of the inside")

    monkeypatch.setattr("tickets.cases.calls.Calls.page", broken)
    reply = await agent.get("/calls")
    assert (reply.status, reply.kind) == (500, "failed")
    assert "secret words" not in reply.text


async def test_a_database_that_is_away_is_no_mistake_of_ours(
    agent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tickets.errors import StoreAway

    async def away(*_: Any, **__: Any) -> None:
        raise StoreAway("postgresql://saluran@10.0.0.1/saluran: no route to host")

    monkeypatch.setattr("tickets.cases.calls.Calls.page", away)
    reply = await agent.get("/calls")
    assert (reply.status, reply.kind) == (503, "database-away")
    assert "10.0.0.1" not in reply.text
    assert reply.headers["Retry-After"] == "5"


async def test_what_a_caller_left_is_text_as_well(agent: Visitor, desk: PostgresDesk) -> None:
    from tests.store.told import Call

    call = Call(phone=None)
    call.begins()
    call.comes_to("main", "key", "<script>")
    call.opens(1, fields={"name": "<b>\u2028x</b>"}, phone=None)
    await desk.apply(call.told)
    (line,) = (await agent.get("/calls")).json["items"]
    story = await agent.get(f"/calls/{line['id']}")
    assert story.json["steps"][0]["detail"] == "<script>"
    assert json.loads(story.text) == story.json


async def test_behind_a_proxy_with_tls_the_cookie_and_the_headers_say_so(
    web_desk: Desk, visitors: Visitors
) -> None:
    from ipaddress import ip_network

    await visitors.user(Role.AGENT)
    options = Options(
        hosts=frozenset({"meja.example.go.id"}),
        secure=True,
        proxies=(ip_network("127.0.0.0/8"),),
    )
    server = TestServer(make_app(web_desk, options))
    await server.start_server()
    there = Visitors(str(server.make_url("/")), visitors.users)
    try:
        stranger = there.stranger()
        stranger.headers |= {
            "Host": "meja.example.go.id",
            "X-Forwarded-For": "10.9.9.9, 203.0.113.5",
        }
        reply = await stranger.signs_in("the-agent")
        assert reply.status == 201, reply.text
        cookie = reply.headers["Set-Cookie"]
        assert cookie.startswith("__Host-saluran=")
        assert "Secure" in cookie
        assert reply.headers["Strict-Transport-Security"].startswith("max-age=")
    finally:
        await there.close()
        await server.close()
    async with web_desk.store.connection() as connection:
        address = await connection.fetchval("SELECT address FROM desk_session")
    assert address == "203.0.113.5"
