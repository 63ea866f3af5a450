"""Bodies and heads that are too large or never come: refused, while everybody else is served."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import aiohttp
import pytest
from aiohttp import web

from tests.web.reader import FORM, Reader
from tests.web.visitor import Visitor, Visitors
from tickets.rights import Role
from tickets.users import Users
from tickets.web.app import make_app, make_runner
from tickets.web.desk import Desk, Options

HEAD = b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
PATIENCE = 20.0


@pytest.fixture
async def visitors(web_desk: Desk, users: Users) -> AsyncIterator[Visitors]:
    """At a desk that waits for a head and for a body as long as a test has time."""
    options = Options(user_rate=1000, stranger_rate=1000, body_seconds=0.3)
    runner = make_runner(make_app(web_desk, options), head_seconds=0.3)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    visitors = Visitors(f"http://127.0.0.1:{runner.addresses[0][1]}/", users)
    yield visitors
    await visitors.close()
    await runner.cleanup()


def port_of(visitors: Visitors) -> int:
    return int(visitors.address.strip("/").rpartition(":")[2])


async def dribbled(port: int, first: bytes) -> bytes:
    """A byte at a time until an answer comes; what was answered.

    Who goes on writing to a desk that has closed loses what it said before.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    answer = asyncio.create_task(reader.read(65536))
    async with asyncio.timeout(PATIENCE):
        while not answer.done():
            writer.write(b"a")
            await asyncio.wait([answer], timeout=0.02)
    writer.close()
    try:
        return await answer
    except ConnectionError:
        return b""


async def test_who_sends_nothing_whole_is_sent_away_and_holds_up_nobody(
    visitors: Visitors,
) -> None:
    agent = await visitors.signed_in(Role.AGENT)
    port = port_of(visitors)
    slow = [
        *(b"GET / HTTP/1.1\r\nX-Slow: " for _ in range(50)),
        *(b"" for _ in range(10)),
        *(HEAD + b"Content-Length: 100000\r\n\r\n{" for _ in range(20)),
        *(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5000\r\n" for _ in range(20)),
    ]
    waiting = [asyncio.create_task(dribbled(port, first)) for first in slow]
    served = 0
    while not all(one.done() for one in waiting):
        assert (await agent.get("/session")).status == 200
        served += 1
        await asyncio.wait(waiting, timeout=0.05)
    answers = [one.result() for one in waiting]
    assert served > 3
    # Nothing, or that it came too slowly, or that it was nothing that anybody could read.
    said = {answer.splitlines()[0].split()[1] if answer else b"" for answer in answers}
    assert said <= {b"", b"400", b"408"}
    assert sum(b" 408 " in answer for answer in answers) >= 40


async def test_a_form_that_never_ends_is_not_waited_for(visitors: Visitors) -> None:
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\n"
    answer = await dribbled(port_of(visitors), f"{head}Content-Length: 9999\r\n\r\nlogin=".encode())
    assert b" 408 " in answer.splitlines()[0]


@pytest.fixture
async def agent(visitors: Visitors) -> Visitor:
    return await visitors.signed_in(Role.AGENT)


async def test_what_grows_when_it_is_unpacked_is_refused(agent: Visitor) -> None:
    bomb = gzip.compress(b'{"category": "' + b" " * 50_000_000)
    assert len(bomb) < 60_000
    # What is not read any more may cut the answer off on its way.
    with suppress(aiohttp.ClientOSError):
        reply = await agent.post("/tickets", data=bomb, headers={"Content-Encoding": "gzip"})
        assert (reply.status, reply.kind) == (413, "too-large")
    assert (await agent.get("/session")).status == 200
    assert (await agent.get("/tickets")).json["items"] == []


async def test_a_body_without_a_length_is_counted_as_it_comes(visitors: Visitors) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(visitors))
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(40):
        writer.write(b"4000\r\n" + b" " * 0x4000 + b"\r\n")
    writer.write(b"0\r\n\r\n")
    async with asyncio.timeout(PATIENCE):
        assert b" 413 " in await reader.readline()
    writer.close()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/tickets?q=" + "a" * 20_000, {}, 400),
        ("/tickets", {"X-Long": "a" * 20_000}, 400),
        ("/tickets?" + "&".join(f"a{n}=1" for n in range(500)), {}, 422),
        ("/tickets", {f"X-{n}": "1" for n in range(5000)}, 400),
    ],
    ids=["a long line", "a long header", "many parameters", "many headers"],
)
async def test_a_head_that_is_too_large_is_refused(
    agent: Visitor, path: str, headers: dict[str, str], status: int
) -> None:
    reply = await agent.get(path, headers=headers)
    assert reply.status == status
    assert (await agent.get("/session")).status == 200


async def test_a_form_is_as_large_as_a_form_may_be(agent: Visitor) -> None:
    reader = Reader(agent)
    large = await reader.posts("/sign-in", b"login=" + b"a" * 300_000, FORM)
    many = await reader.posts("/sign-in", b"&".join([b"a=1"] * 1000), FORM)
    assert (large.status, many.status) == (413, 422)


async def test_many_at_once_who_leave_in_the_middle_leave_nothing(
    visitors: Visitors, web_desk: Desk, agent: Visitor
) -> None:
    port = port_of(visitors)
    async with AsyncExitStack() as stack:
        for _ in range(100):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            writer.write(HEAD + b"Content-Length: 5000\r\n\r\n{")
    assert (await agent.get("/session")).status == 200
    assert web_desk.store.size <= 4
