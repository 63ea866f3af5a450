"""Webhooks: what is told to whom, signed, until it is taken; and never more than they may know."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.web.reader import Reader
from tests.web.receiver import Receiver, receiving, talking
from tests.web.seeded import ANONYMOUS, OPEN, SECRET, seed
from tests.web.stream import listening
from tests.web.test_events import hints
from tests.web.visitor import Reply, Visitor, Visitors
from tickets.desk import PostgresDesk
from tickets.rights import Role
from tickets.store import Connection
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.webhook_post import Patience
from tickets.webhook_sender import Sender

__all__ = ["hints"]

TICKETS = {"kinds": ["ticket"], "scopes": ["tickets.read"]}
ALL = {
    "kinds": ["ticket", "callback", "call"],
    "scopes": ["tickets.read", "callbacks.read", "calls.read"],
}
MORE = ["confidential", "anonymous", "phones"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=0.5)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        yield http


@pytest.fixture
def told_desk(web_desk: Desk, receiver: Receiver) -> Desk:
    """One whose settings name the receiver's site."""
    origins = frozenset({receiver.origin})
    return replace(web_desk, webhooks=replace(web_desk.webhooks, origins=origins))


@pytest.fixture
def app(told_desk: Desk, options: Options) -> web.Application:
    return make_app(told_desk, options)


@pytest.fixture
def sender(told_desk: Desk) -> Sender:
    """Tries again at once."""
    webhooks = told_desk.webhooks
    return Sender(told_desk.store, webhooks.secrets, webhooks.origins, Patience(first=0, idle=0.01))


@pytest.fixture
async def operator(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.OPERATOR)


@pytest.fixture
async def agent(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.AGENT)


async def hooked(visitor: Visitor, url: str, wanted: dict[str, list[str]] = TICKETS) -> Reply:
    body: dict[str, Any] = {"name": "crm", "url": url, **wanted}
    reply = await visitor.post("/webhooks", body)
    assert reply.status == 201, reply.text
    return reply


async def opened(agent: Visitor, **more: Any) -> str:
    reply = await agent.post("/tickets", {"category": "INFO", **more})
    assert reply.status == 201, reply.text
    return str(reply.json["number"])


async def tell_all(sender: Sender, http: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(20):
        while await sender.once(http):
            pass


async def test_what_happens_is_told_in_order_signed_and_without_whom_it_is_about(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
) -> None:
    await opened(agent)  # before anybody wanted to know
    made = await hooked(operator, receiver.url)
    number = await opened(agent, phone="081234567890", name="Siti", comment="rahasia saya")
    reply = await agent.get(f"/tickets/{number}")
    await agent.post(f"/tickets/{number}/moves", {"became": "verifikasi"}, seen=reply.etag)
    await tell_all(sender, http)
    assert receiver.kinds == ["ticket.opened", "ticket.commented", "ticket.moved"]
    assert [one.body["seq"] for one in receiver.got] == sorted(
        one.body["seq"] for one in receiver.got
    )
    moved = receiver.got[-1]
    assert (moved.body["was"], moved.body["became"]) == ("baru", "verifikasi")
    assert (moved.body["data"]["number"], moved.body["data"]["status"]) == (number, "verifikasi")
    for one in receiver.got:
        assert one.is_signed_with(made.json["secret"])
        assert not one.is_signed_with("whsec_AAAA")
        for trace in (b"1234567890", b"Siti", b"rahasia"):
            assert trace not in one.raw
    # The secret is told once, and is nowhere in rows as it is.
    for path in ("/webhooks", f"/webhooks/{made.json['id']}"):
        assert made.json["secret"] not in (await operator.get(path)).text
    found = (await operator.get(f"/webhooks/{made.json['id']}/deliveries")).json["items"]
    assert [one["kind"] for one in found] == receiver.kinds[::-1]
    assert {(one["state"], one["status"], one["attempts"]) for one in found} == {
        ("delivered", 204, 1)
    }


async def test_a_webhook_is_told_no_more_than_its_rights_allow(
    visitors: Visitors,
    operator: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
    desk: PostgresDesk,
    sql: Connection,
) -> None:
    less = (await hooked(operator, f"{receiver.origin}/less", ALL)).json["id"]
    seeded = await seed(desk)
    await tell_all(sender, http)
    told = b"\n".join(one.raw for one in receiver.got).decode()
    assert {"ticket.opened", "callback.promised", "call.began", "call.ended"} <= set(receiver.kinds)
    for trace in (OPEN, ANONYMOUS, str(seeded.open.id), seeded.open_callback):
        assert trace in told
    for trace in (SECRET, "STOK", str(seeded.secret.id), seeded.secret_callback):
        assert trace not in told
    for trace in ("1234567890", "5678901", "98765432", "…432"):
        assert trace not in told, "a whole number, or one of somebody anonymous"
    # Not even that there was something, and not to who keeps the webhooks either.
    listed = (await operator.get(f"/webhooks/{less}/deliveries", query={"limit": "200"})).json
    ids = [one.id for one in receiver.got]
    assert sorted(one["event"] for one in listed["items"]) == sorted(ids)
    # Who may see more may have more told; who keeps the machines may not.
    body = {"name": "all", "url": receiver.url, **ALL}
    body["scopes"] = [*ALL["scopes"], *MORE]
    assert (await operator.post("/webhooks", body)).status == 403
    supervisor = await visitors.signed_in(Role.SUPERVISOR)
    made = (await supervisor.post("/webhooks", body)).json
    receiver.got.clear()
    window = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    reply = await operator.post(f"/webhooks/{made['id']}/replays", window)
    assert reply.json["queued"] > len(ids)
    await tell_all(sender, http)
    told = b"\n".join(one.raw for one in receiver.got).decode()
    for trace in (SECRET, "+6281345678901", "+6281398765432", str(seeded.secret.id)):
        assert trace in told
    noted = await sql.fetch("SELECT who, subject FROM audit_entry WHERE did = 'ticket.told'")
    assert {tuple(row) for row in noted} == {("webhook:all", SECRET)}


async def test_what_has_become_confidential_meanwhile_is_withheld(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
) -> None:
    made = (await hooked(operator, receiver.url)).json["id"]
    number = await opened(agent)
    reply = await agent.get(f"/tickets/{number}")
    await agent.patch(f"/tickets/{number}", {"category": "STOK"}, seen=reply.etag)
    await tell_all(sender, http)
    assert receiver.got == []
    assert (await operator.get(f"/webhooks/{made}/deliveries")).json["items"] == []


async def test_what_was_not_taken_is_told_again_under_its_id(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
) -> None:
    made = (await hooked(operator, receiver.url)).json["id"]
    async with receiving() as elsewhere:
        await opened(agent)
        bad = ((500, ""), (404, ""), (302, elsewhere.url), (307, elsewhere.url))
        for receiver.answers, receiver.location in bad:
            assert await sender.once(http)
        receiver.holds.clear()  # slow: longer than one waits
        assert await sender.once(http)
        (delivery,) = (await operator.get(f"/webhooks/{made}/deliveries")).json["items"]
        assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("due", 5, None)
        assert delivery["problem"].endswith("TimeoutError")
        assert (await operator.get(f"/webhooks/{made}")).json["failing_since"]
        receiver.holds.set()
        receiver.answers, receiver.location = 200, ""
        await tell_all(sender, http)
        assert elsewhere.got == [], "a redirection was followed"
    assert len({one.id for one in receiver.got}) == 1
    assert len(receiver.got) == 6
    known = (await operator.get(f"/webhooks/{made}")).json
    assert (known["failing_since"], known["waiting"]) == (None, 0)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff\x00\xff" * 1000,
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
    ],
    ids=["nothing", "bytes", "no status", "endless header", "two lengths", "another protocol"],
)
async def test_nonsense_is_no_answer(
    operator: Visitor,
    agent: Visitor,
    told_desk: Desk,
    sql: Connection,
    http: aiohttp.ClientSession,
    receiver: Receiver,
    said: bytes,
) -> None:
    made = (await hooked(operator, receiver.url)).json["id"]
    await opened(agent)
    async with talking(said) as origin:
        await sql.execute("UPDATE webhook SET url = $1", f"{origin}/hook")
        secrets = told_desk.webhooks.secrets
        sender = Sender(told_desk.store, secrets, frozenset({origin}), Patience(first=0))
        assert await sender.once(http)
    (delivery,) = (await operator.get(f"/webhooks/{made}/deliveries")).json["items"]
    assert (delivery["state"], delivery["status"]) == ("due", None)
    assert delivery["problem"]


async def test_one_that_takes_nothing_for_long_is_disabled_and_told_all_when_it_is_back(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
    sql: Connection,
    hints: object,
) -> None:
    made = (await hooked(operator, receiver.url)).json["id"]
    first = await opened(agent)
    receiver.answers = 503
    async with listening(operator) as listener:
        assert await sender.once(http)
        assert (await operator.get(f"/webhooks/{made}")).json["disabled_at"] is None
        await sql.execute("UPDATE webhook SET failing_since = now() - interval '4 days'")
        assert await sender.once(http)
        await listener.until("webhook")
    known = (await operator.get(f"/webhooks/{made}")).json
    assert known["disabled_at"]
    assert "4 days" in known["disabled_why"]
    noted = "SELECT count(*) FROM audit_entry WHERE did = 'webhook.disabled' AND subject = 'crm'"
    assert await sql.fetchval(noted) == 1
    second = await opened(agent)
    assert not await sender.once(http)
    receiver.answers, asked = 204, len(receiver.got)
    assert (await operator.post(f"/webhooks/{made}/resume")).json["disabled_at"] is None
    await tell_all(sender, http)
    told = [one.body["data"]["number"] for one in receiver.got[asked:]]
    assert told == [first, second]


async def test_one_that_is_gone_or_may_be_asked_no_more_is_disabled_at_once(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
) -> None:
    made = (await hooked(operator, receiver.url)).json["id"]
    receiver.answers = 410
    await opened(agent)
    await tell_all(sender, http)
    assert "410" in (await operator.get(f"/webhooks/{made}")).json["disabled_why"]
    receiver.got.clear()
    await operator.post(f"/webhooks/{made}/resume")
    await tell_all(replace(sender, origins=frozenset()), http)
    assert "webhooks.origins" in (await operator.get(f"/webhooks/{made}")).json["disabled_why"]
    assert receiver.got == []
    assert (await operator.delete(f"/webhooks/{made}")).status == 204
    assert (await operator.post(f"/webhooks/{made}/resume")).status == 404


async def test_what_was_told_can_be_told_again_by_id_and_by_window(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
) -> None:
    made = (await hooked(operator, receiver.url)).json["id"]
    for _ in range(3):
        await opened(agent)
    await tell_all(sender, http)
    before = [one.id for one in receiver.got]
    receiver.got.clear()
    replays = f"/webhooks/{made}/replays"
    assert (await operator.post(replays, {"event": before[1]})).json == {"queued": 1}
    await tell_all(sender, http)
    assert [one.id for one in receiver.got] == before[1:2]
    times = [
        one["at"] for one in (await operator.get(f"/webhooks/{made}/deliveries")).json["items"]
    ]
    receiver.got.clear()
    window = {"since": times[1], "until": "2100-01-01T00:00:00Z"}
    assert (await operator.post(replays, window)).json == {"queued": 2}
    await tell_all(sender, http)
    assert [one.id for one in receiver.got] == before[1:]
    nobody = "00000000-0000-0000-0000-000000000007"
    assert (await operator.post(replays, {"event": nobody})).status == 404
    for body in ({}, {"since": times[1]}, {"event": before[0], **window}):
        assert (await operator.post(replays, body)).status == 422
    backwards = {"since": times[0], "until": times[2]}
    assert (await operator.post(replays, backwards)).status == 422


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/hook",
        "https://{site}/hook",
        "http://{site}@evil.example/",
        "http://evil.example#@{site}/",
        "http://user:word@{site}/hook",
        "http://{site}.evil.example/",
        "http://{host}/hook",
        "http://{site}/hook#part",
        "http://evil.example\\@{site}/",
        "http://2130706433:{port}/hook",
        "http://[::ffff:127.0.0.1]:{port}/hook",
        "http://127.1:{port}/hook",
    ],
)
async def test_an_address_that_is_not_of_a_configured_site_is_refused(
    operator: Visitor, receiver: Receiver, url: str
) -> None:
    site = receiver.origin.removeprefix("http://")
    host, _, port = site.partition(":")
    body = {"name": "x", "url": url.format(site=site, host=host, port=port), **TICKETS}
    reply = await operator.post("/webhooks", body)
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, "#/url"), reply.text


@pytest.mark.parametrize(
    ("kinds", "scopes", "status"),
    [
        (["call"], ["tickets.read"], 422),
        (["ticket"], ["tickets.read", "audit.read"], 422),
        (["ticket"], ["tickets.read", "phones"], 403),
        ([], ["tickets.read"], 422),
        (["agents"], ["tickets.read"], 422),
    ],
)
async def test_rights_that_do_not_fit_are_refused(
    operator: Visitor, receiver: Receiver, kinds: list[str], scopes: list[str], status: int
) -> None:
    body = {"name": "x", "url": receiver.url, "kinds": kinds, "scopes": scopes}
    assert (await operator.post("/webhooks", body)).status == status


async def test_without_a_webhook_nothing_is_kept_and_what_was_undone_did_not_happen(
    operator: Visitor, agent: Visitor, receiver: Receiver, sql: Connection
) -> None:
    await opened(agent)
    assert await sql.fetchval("SELECT count(*) FROM outbox") == 0
    await hooked(operator, receiver.url)
    undone = sql.transaction()
    await undone.start()
    await sql.execute(
        "INSERT INTO ticket_event (ticket, kind, actor) SELECT id, 'edited', 'x' FROM ticket"
    )
    assert await sql.fetchval("SELECT count(*) FROM webhook_delivery") == 1
    await undone.rollback()
    assert await sql.fetchval("SELECT count(*) FROM outbox") == 0


async def test_many_senders_tell_each_event_once_and_a_dead_ones_again(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
    sql: Connection,
) -> None:
    await hooked(operator, receiver.url)
    for _ in range(10):
        await opened(agent)
    await asyncio.gather(*(tell_all(sender, http) for _ in range(5)))
    assert len(receiver.got) == len({one.id for one in receiver.got}) == 10
    # One dies with the answer on its way.
    receiver.got.clear()
    receiver.asked.clear()
    receiver.holds.clear()
    await opened(agent)
    dying = asyncio.create_task(sender.once(http))
    await receiver.asked.wait()
    assert not await sender.once(http), "two told it at once"
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    receiver.holds.set()
    await tell_all(sender, http)
    assert len(receiver.got) == 2
    assert receiver.got[0].id == receiver.got[1].id
    assert await sql.fetchval("SELECT count(*) FROM webhook_delivery WHERE state = 'due'") == 0


async def test_a_slow_one_holds_up_nobody_else(
    operator: Visitor, agent: Visitor, receiver: Receiver, told_desk: Desk, sql: Connection
) -> None:
    async with receiving() as slow:
        slow.holds.clear()
        origins = frozenset({receiver.origin, slow.origin})
        await hooked(operator, receiver.url)
        await hooked(operator, f"{receiver.origin}/slow")
        await sql.execute("UPDATE webhook SET url = $1 WHERE url LIKE '%/slow'", slow.url)
        secrets = told_desk.webhooks.secrets
        sender = Sender(told_desk.store, secrets, origins, Patience(idle=0.01), workers=2)
        running = asyncio.create_task(sender.run())
        try:
            async with asyncio.timeout(20):
                await opened(agent)
                await asyncio.gather(slow.asked.wait(), receiver.asked.wait())
                receiver.asked.clear()
                await opened(agent)
                await receiver.asked.wait()
            assert len(slow.got) == 1
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_what_is_older_than_it_is_kept_for_is_forgotten(
    operator: Visitor, agent: Visitor, receiver: Receiver, sender: Sender, sql: Connection
) -> None:
    await hooked(operator, receiver.url)
    await opened(agent)
    await opened(agent)
    await sql.execute(
        "UPDATE outbox SET at = at - interval '31 days' WHERE seq = (SELECT min(seq) FROM outbox)"
    )
    await sender.forget()
    assert await sql.fetchval("SELECT count(*) FROM webhook_delivery") == 1


def test_waits_grow_and_end() -> None:
    patience = Patience(attempts=5)
    waits = [patience.after(n) for n in range(1, 6)]
    assert waits[-1] is None
    seconds = [wait.total_seconds() for wait in waits if wait]
    assert seconds == sorted(seconds)
    assert timedelta(seconds=4) <= (waits[0] or timedelta()) <= timedelta(seconds=6)
    assert max(seconds) <= patience.longest * 1.2


async def test_a_webhook_is_kept_on_pages_and_its_secret_seen_once(
    operator: Visitor,
    agent: Visitor,
    receiver: Receiver,
    sender: Sender,
    http: aiohttp.ClientSession,
) -> None:
    reader = Reader(operator)
    wanted, kinds = {"name": "crm", "url": receiver.url}, ["ticket", "call"]
    page = await reader.sends("/webhooks", fields=wanted, kinds=kinds)
    (secret,) = re.findall(r'<code class="secret">(whsec_[^<]+)</code>', page.text)
    (made,) = (await operator.get("/webhooks")).json
    # To be told of something includes the right to read it, and nothing more was ticked.
    assert sorted(made["scopes"]) == ["calls.read", "tickets.read"]
    path = f"/webhooks/{made['id']}"
    for seen in (await reader.opens("/webhooks"), await reader.opens(path)):
        assert secret not in seen.text
        assert "Diterima" in seen.plain
    number = await opened(agent)
    await tell_all(sender, http)
    assert receiver.got[-1].is_signed_with(secret)
    page = await reader.opens(path)
    assert "ticket.opened" in page.plain
    # Told again, one by one or by a window.
    (event,) = re.findall(r'name="event" value="([^"]+)"', page.text)
    assert "1 kabar" in (await reader.sends(f"{path}/replay", event=event)).notice
    window = {"since": "2020-01-01T00:00", "until": "2100-01-01T00:00"}
    assert "1 kabar" in (await reader.sends(f"{path}/replay", fields=window)).notice
    assert "sampai kapan" in (await reader.sends(f"{path}/replay", since="2020-01-01T00:00")).notice
    await tell_all(sender, http)
    assert receiver.kinds == ["ticket.opened"] * 2
    # By hand it is told nothing, until it is resumed with all that it missed.
    page = await reader.sends(f"{path}/disable")
    assert ("Dimatikan" in page.plain, "oleh orang" in page.plain) == (True, True)
    reply = await agent.get(f"/tickets/{number}")
    await agent.post(f"/tickets/{number}/moves", {"became": "verifikasi"}, seen=reply.etag)
    await tell_all(sender, http)
    assert receiver.kinds == ["ticket.opened"] * 2
    await reader.sends(f"{path}/resume")
    await tell_all(sender, http)
    assert receiver.kinds[-1] == "ticket.moved"
    wanted["url"] = "https://elsewhere.example"
    page = await reader.sends("/webhooks", fields=wanted, kinds=kinds)
    assert "alamat" in page.notice
    assert (await reader.sends(f"{path}/remove")).path == "/webhooks"
    assert (await operator.get("/webhooks")).json == []


async def test_an_operator_gives_away_nothing_that_they_may_not_see(
    operator: Visitor, visitors: Visitors, receiver: Receiver
) -> None:
    wanted = {"name": "crm", "url": receiver.url, "kinds": "ticket"}
    refused = await Reader(operator).sends("/webhooks", fields=wanted, scopes=MORE)
    assert refused.status == 403
    assert 'value="confidential"' not in (await Reader(operator).opens("/webhooks")).text
    sari = Reader(await visitors.signed_in(Role.SUPERVISOR))
    assert 'value="confidential"' in (await sari.opens("/webhooks")).text
    assert (await sari.sends("/webhooks", fields=wanted, scopes=MORE)).status == 200
