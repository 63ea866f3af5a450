"""The phone in the page, and the demo's caller: who is shown them, and who is lent a key."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.web.fake_phone import has_phones
from tests.web.reader import Reader, Seen
from tests.web.test_agents import with_phone
from tests.web.visitor import Visitors
from tickets.cases.page_phone import PagePhone
from tickets.phone_keys import PhoneKeys
from tickets.rights import Role
from tickets.store import Connection, Store
from tickets.users import Users
from tickets.web.app import make_app
from tickets.web.desk import Desk, LineCaller, Options

PBX = "wss://pbx.example:8089/ws"
QUEUES = {"umum": {"id": "Umum", "en": "General"}}
PHONE, CALLER = 'id="softphone"', 'id="web-caller"'


@pytest.fixture
async def agents(sql: Connection) -> None:
    """Sari telephones in the page, Budi with a phone of his own."""
    await has_phones(sql)
    await sql.execute("UPDATE agent SET phone = 'browser' WHERE extension = '6001'")


@pytest.fixture
def app(web_desk: Desk, store: Store, options: Options) -> web.Application:
    phone = PagePhone(store, PhoneKeys(store, PBX, 12), QUEUES)
    return make_app(replace(web_desk, page_phone=phone), options)


@pytest.fixture
async def sari(visitors: Visitors, sql: Connection, agents: None) -> Reader:
    return Reader(await with_phone(visitors, sql, Role.SUPERVISOR, "6001"))


async def key(reader: Reader) -> Seen:
    return await reader.sends("/phone/key", headers={"X-CSRF-Token": reader.csrf}, csrf="")


async def test_a_key_is_lent_to_whose_phone_is_in_the_page(sari: Reader, sql: Connection) -> None:
    assert PHONE in (await sari.opens("/account")).text
    lent = await key(sari)
    assert (lent.status, lent.headers["Cache-Control"]) == (200, "no-store")
    told = json.loads(lent.text)
    assert (told["extension"], told["web_socket"]) == ("6001", PBX)
    row = await sql.fetchrow("SELECT digest, key_until FROM agent WHERE extension = '6001'")
    assert row
    assert row["digest"] == told["ha1"]
    assert row["key_until"] == datetime.fromisoformat(told["until"])
    assert told["targets"] == [
        {"value": "umum", "label": "Umum"},
        {"value": "6002", "label": "Budi"},
    ]
    (noted,) = await sql.fetch("SELECT who, subject FROM audit_entry WHERE did = 'phone.lent'")
    assert tuple(noted) == ("the-supervisor", "6001")
    # The next page to ask has the phone, and this one's key is worthless.
    assert json.loads((await key(sari)).text)["ha1"] != told["ha1"]


async def test_nobody_else_is_lent_one(sari: Reader, visitors: Visitors, sql: Connection) -> None:
    before = await sql.fetch("SELECT extension, digest FROM agent ORDER BY extension")
    assert (await sari.sends("/phone/key", csrf="")).status == 403
    assert (await sari.sends("/phone/key", csrf="another's")).status == 403
    body = {"name": "x", "scopes": ["agents.own"], "ends_at": "2026-12-01T00:00:00Z"}
    token = (await sari.visitor.post("/tokens", body)).json["token"]
    program = Reader(visitors.stranger(), {"Authorization": f"Bearer {token}"})
    assert (await program.sends("/phone/key")).status == 403
    assert (await Reader(visitors.stranger()).sends("/phone/key")).path.startswith("/sign-in")
    own_phone = Reader(await with_phone(visitors, sql, Role.AGENT, "6002"))
    assert PHONE not in (await own_phone.opens("/account")).text
    assert (await key(own_phone)).status == 409
    without = Reader(await visitors.signed_in(Role.LIAISON))
    assert PHONE not in (await without.opens("/account")).text
    assert (await key(without)).status == 403
    assert await sql.fetch("SELECT extension, digest FROM agent ORDER BY extension") == before


async def test_who_is_no_agent_any_more_has_no_phone(sari: Reader, sql: Connection) -> None:
    await sql.execute("UPDATE agent SET removed_at = now() WHERE extension = '6001'")
    assert PHONE not in (await sari.opens("/account")).text
    assert (await key(sari)).status == 404


@pytest.fixture
async def elsewhere(
    web_desk: Desk, options: Options, users: Users
) -> AsyncIterator[dict[bool, Visitors]]:
    """A desk whose PBX has no WebSocket, and the demo's with its caller."""
    made, servers = {}, []
    for caller in (False, True):
        line = LineCaller(web_socket="ws://127.0.0.1:1/ws", number="1500587")
        given = replace(options, caller=line if caller else None)
        server = TestServer(make_app(web_desk, given))
        await server.start_server()
        servers.append(server)
        made[caller] = Visitors(str(server.make_url("/")), users, _known={"the-supervisor"})
    yield made
    for visitors in made.values():
        await visitors.close()
    for server in servers:
        await server.close()


async def test_without_a_web_socket_nobody_telephones_in_the_page(
    sari: Reader, elsewhere: dict[bool, Visitors]
) -> None:
    reader = Reader(await elsewhere[False].signed_in(Role.SUPERVISOR))
    page = await reader.opens("/account")
    assert PHONE not in page.text
    assert CALLER not in page.text
    assert (await key(reader)).status == 409


async def test_the_line_is_called_from_the_demos_pages_alone(
    sari: Reader, elsewhere: dict[bool, Visitors]
) -> None:
    assert CALLER not in (await sari.opens("/account")).text
    demo = elsewhere[True]
    assert CALLER not in (await Reader(demo.stranger()).opens("/sign-in")).text
    page = await Reader(await demo.signed_in(Role.SUPERVISOR)).opens("/account")
    assert CALLER in page.text
    assert 'data-web-socket="ws://127.0.0.1:1/ws" data-number="1500587"' in page.text
