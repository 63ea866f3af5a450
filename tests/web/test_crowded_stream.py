"""Two hundred read the stream at once: each hears all of it, and who does not read costs little."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from tests.web.stream import Listener, listening
from tests.web.visitor import API, Visitor, Visitors
from tickets.rights import Role
from tickets.web.api import events
from tickets.web.app import make_app
from tickets.web.desk import Desk, Options
from tickets.web.feed import KEPT, QUEUED, STREAMS, Client, Happening

READERS = 199
TOLD = 150
WORDS = "x" * 2000
"""Of so many bytes are the events, so that who does not read is noticed soon."""
SLOW = "X-Slow"


@pytest.fixture
def app(web_desk: Desk, options: Options) -> web.Application:
    """The way to who says that they are slow has little room."""
    app = make_app(web_desk, options)

    async def narrow(request: web.Request, _: web.StreamResponse) -> None:
        if SLOW in request.headers and request.transport is not None:
            line = request.transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            request.transport.set_write_buffer_limits(high=4096)

    app.on_response_prepare.append(narrow)
    return app


@pytest.fixture
async def people(visitors: Visitors) -> list[Visitor]:
    return [await visitors.signed_in(Role.AGENT, f"agent-{n:02}") for n in range(20)]


@pytest.fixture
async def slow(visitors: Visitors, people: list[Visitor]) -> AsyncIterator[socket.socket]:
    """Somebody who asks for the stream, and does not read."""
    (cookie,) = (one for one in people[-1].session.cookie_jar if one.key == "saluran")
    host, port = visitors.address.removeprefix("http://").strip("/").split(":")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, (host, int(port)))
        ask = f"GET {API}/events HTTP/1.1\r\nHost: {host}\r\nCookie: saluran={cookie.value}\r\n"
        await loop.sock_sendall(line, f"{ask}{SLOW}: 1\r\n\r\n".encode())
        yield line


async def test_each_hears_all_of_it_and_who_does_not_read_is_dropped_and_comes_again(
    web_desk: Desk,
    people: list[Visitor],
    slow: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "SLOWEST", 1.0)
    feed = web_desk.feed
    async with AsyncExitStack() as stack:
        places = [person for person in people for _ in range(STREAMS)][:READERS]
        listeners = [await stack.enter_async_context(listening(one)) for one in places]
        await there(web_desk, READERS + 1)
        most = 0
        heard = [asyncio.create_task(hears(listener)) for listener in listeners]
        for number in range(TOLD):
            feed.tell(Happening("ticket", {"number": str(number), "words": WORDS}))
            most = max(most, *(len(client) for client in clients(web_desk)))
            await asyncio.sleep(0)
        told = await asyncio.gather(*heard)
        assert all(one == [str(n) for n in range(TOLD)] for one in told)
        assert most <= QUEUED
        # The one who does not read is gone by now, or soon.
        await there(web_desk, READERS)
    # They come again with the last id that they read, and hear what followed it.
    last = last_id_of(await drained(slow))
    life, _, read = last.rpartition("-")
    async with listening(people[-1], last) as listener:
        assert (await listener.next()).id == f"{life}-{int(read) + 1}"


async def test_what_nobody_reads_is_not_kept_for_ever(
    web_desk: Desk, people: list[Visitor]
) -> None:
    feed = web_desk.feed
    async with listening(people[0]):
        for number in range(KEPT * 3):
            feed.tell(Happening("ticket", {"number": str(number)}))
        assert feed.kept == KEPT
        assert max(len(client) for client in clients(web_desk)) <= QUEUED


async def there(desk: Desk, streams: int) -> None:
    """Wait until so many read."""
    async with asyncio.timeout(30):
        while desk.feed.streams != streams:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0.01)


async def hears(listener: Listener) -> list[str]:
    return [(await listener.next()).data["number"] for _ in range(TOLD)]


def clients(desk: Desk) -> list[Client]:
    return desk.feed.clients


async def drained(line: socket.socket) -> bytes:
    """All that still comes."""
    loop, raw = asyncio.get_running_loop(), b""
    async with asyncio.timeout(20):
        try:
            while more := await loop.sock_recv(line, 65536):
                raw += more
        except ConnectionError:
            pass
    return raw


def last_id_of(raw: bytes) -> str:
    """Of the last event that came whole."""
    blocks = raw.decode(errors="replace").split("\n\n")[:-1]
    whole = [block for block in blocks if "\ndata: {" in block and block.rstrip().endswith("}")]
    assert whole, raw[:500]
    fields = dict(line.split(": ", 1) for line in whole[-1].splitlines() if ": " in line)
    assert json.loads(fields["data"])["words"] == WORDS
    return fields["id"]
