"""Many requests at the same moment: limits count each, a key is carried out once, and a right that
is lost is lost between two of them."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestServer

from tests.web.reader import Reader
from tests.web.seeded import OPEN, SECRET, seed
from tests.web.stream import listening
from tests.web.visitor import PASSWORD, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Right, Role
from tickets.store import Connection
from tickets.web.api import events
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.web.feed import Happening
from tickets.web.guard import STRANGER_RATES, USER_RATES
from tickets.web.limits import Rates

TOKEN = {"name": "x", "scopes": ["tickets.read"], "ends_at": "2026-12-01T00:00:00Z"}


async def all_at_once(*asked: Any) -> Counter[int]:
    return Counter(reply.status for reply in await asyncio.gather(*asked))


async def test_a_rate_counts_all_that_come_at_once(
    web_desk: Desk, options: Options, visitors: Visitors
) -> None:
    for role in (Role.AGENT, Role.LIAISON):
        await visitors.user(role)
    app = make_app(web_desk, options)
    # So slow that nothing is filled up while the test runs.
    app[USER_RATES], app[STRANGER_RATES] = Rates(0.0001, 20), Rates(0.0001, 12)
    server = TestServer(app)
    await server.start_server()
    there = Visitors(str(server.make_url("/")), visitors.users)
    try:
        agent, other = there.stranger(), there.stranger()
        for visitor, login in ((agent, "the-agent"), (other, "the-liaison")):
            assert (await visitor.signs_in(login)).status == 201
        told = await all_at_once(*(agent.get("/session") for _ in range(60)))
        assert told == {200: 20, 429: 40}
        # A program counts as its user, and another user is another.
        program = there.program(await token_of(web_desk, "the-agent"))
        assert (await program.get("/session")).status == 429
        assert (await other.get("/session")).status == 200
        strangers = await all_at_once(*(there.stranger().get("/session") for _ in range(30)))
        assert strangers == {401: 10, 429: 20}
    finally:
        await there.close()
        await server.close()


async def token_of(desk: Desk, login: str) -> str:
    session = await desk.sign_in.sign_in(login, PASSWORD, "", "127.0.0.1")
    now = desk.clock()
    made = await desk.sign_in.add_token(
        session.actor, "x", frozenset({Right.TICKETS_READ}), now + timedelta(days=9), now
    )
    return made.token


async def test_one_key_at_once_is_one_whatever_it_makes(
    visitors: Visitors, desk: PostgresDesk, sql: Connection
) -> None:
    await seed(desk)
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    makes: list[tuple[str, Any, str]] = [
        ("/tickets", {"category": "INFO", "comment": "satu"}, "SELECT count(*) - 3 FROM ticket"),
        (
            f"/tickets/{OPEN}/comments",
            {"text": "dua"},
            "SELECT count(*) FROM ticket_event WHERE note = 'dua'",
        ),
        ("/line/closures", {"reason": "banjir"}, "SELECT count(*) FROM line_closure"),
    ]
    for n, (path, body, count) in enumerate(makes):
        key = f"one-key-{n}-for-all"
        told = await all_at_once(*(supervisor.post(path, body, key=key) for _ in range(25)))
        assert set(told) <= {201, 409}, (path, told)
        assert told[201] >= 1
        assert await sql.fetchval(count) == 1, path
        again = await supervisor.post(path, body, key=key)
        assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
        other = await supervisor.post(path, {**body, "more": 1}, key=key)
        assert (other.status, other.kind) == (422, "key-conflict")
        # Another path under the same key is another request.
        assert (await supervisor.post("/line/reopen", key=key)).kind == "key-conflict"
        assert await sql.fetchval(count) == 1, path


async def test_different_keys_at_once_are_each_carried_out(
    visitors: Visitors, sql: Connection
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    body = {"category": "INFO"}
    told = await all_at_once(
        *(agent.post("/tickets", body, key=f"a-key-of-{n:03}") for n in range(30))
    )
    assert told == {201: 30}
    assert await sql.fetchval("SELECT count(DISTINCT number) FROM ticket") == 30


async def test_who_has_another_role_now_has_it_at_once_everywhere(
    visitors: Visitors, desk: PostgresDesk, sql: Connection, monkeypatch: Any, web_desk: Desk
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)
    await seed(desk)
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    scopes = {**TOKEN, "scopes": ["tickets.read", "confidential", "audit.read"]}
    program = visitors.program((await supervisor.post("/tokens", scopes)).json["token"])
    reader = Reader(supervisor)
    for one in (supervisor, program):
        assert (await one.get(f"/tickets/{SECRET}")).status == 200
    async with listening(supervisor) as listener:
        await sql.execute("UPDATE desk_user SET role = 'liaison'")
        for one in (supervisor, program):
            assert (await one.get(f"/tickets/{SECRET}")).status == 404
            assert (await one.get("/audit")).status == 403
        assert (await reader.opens(f"/tickets/{SECRET}")).status == 404
        assert (await reader.opens("/audit")).status == 403
        # The stream knows it by its next look.
        async with asyncio.timeout(20):
            while True:
                web_desk.feed.tell(Happening("ticket", {"number": SECRET}, secret=True))
                web_desk.feed.tell(Happening("ticket", {"number": OPEN}))
                while (told := await listener.next()).data not in ({"number": OPEN},):
                    pass
                if len(listener.told) > 1 and listener.told[-2].data == {"number": OPEN}:
                    break
                await asyncio.sleep(0.02)
        assert told.data == {"number": OPEN}


async def test_a_session_that_is_over_changes_nothing_by_any_way(
    visitors: Visitors, desk: PostgresDesk, sql: Connection
) -> None:
    await seed(desk)
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    cookie = next(one for one in supervisor.session.cookie_jar if one.key == "saluran")
    key = {"key": "made-before-leaving"}
    made = await supervisor.post("/tickets", {"category": "INFO"}, **key)
    assert made.status == 201
    assert (await supervisor.delete("/session")).status == 204
    # The browser has forgotten the cookie; somebody has kept it.
    thief = visitors.stranger()
    thief.session.cookie_jar.update_cookies({"saluran": cookie.value})
    thief.headers = dict(supervisor.headers)
    assert (await thief.get(f"/tickets/{OPEN}")).status == 401
    assert (await thief.get("/events")).status == 401
    assert (await thief.post("/tickets", {"category": "INFO"}, **key)).status == 401
    reader = Reader(thief)
    page = await reader.sends(f"/tickets/{OPEN}/comments", text="dari pencuri", follow=False)
    assert page.status == 303
    assert page.headers["Location"].startswith("/sign-in")
    assert (await reader.opens(f"/tickets/{OPEN}")).heading == "Masuk"
    assert await sql.fetchval("SELECT count(*) FROM ticket_event WHERE note LIKE 'dari%'") == 0


async def test_a_token_of_another_session_is_none(visitors: Visitors, sql: Connection) -> None:
    one = await visitors.signed_in(Role.SUPERVISOR)
    other = await visitors.signed_in(Role.OPERATOR)
    one.headers, other.headers = other.headers, one.headers
    for visitor in (one, other):
        reply = await visitor.post("/line/closures", {"reason": "x"})
        assert (reply.status, reply.kind) == (403, "csrf")
        page = await Reader(visitor).sends("/wall/line/close", reason="x", follow=False)
        assert page.status == 403
    assert await sql.fetchval("SELECT count(*) FROM line_closure") == 0
