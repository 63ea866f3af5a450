"""A real browser that is offline for a while: its page is right again by itself, nothing missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from playwright.async_api import Browser, expect

from tests.web.test_events import hints
from tests.web.visitor import PASSWORD, Visitors
from tickets.desk import PostgresDesk
from tickets.hints import RowHints
from tickets.rights import Role
from tickets.web.desk import Desk

__all__ = ["hints"]


class Line:
    """Between browser and desk; it can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._desk = port
        self._server: asyncio.Server | None = None
        self._port = 0
        self._through: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Nobody gets through, nor to the desk's address at all."""
        assert self._server is not None
        self._server.close()
        for writer in self._through:
            writer.transport.abort()
        self._through.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._desk)
        self._through |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
async def line(visitors: Visitors) -> AsyncIterator[Line]:
    line = Line(int(visitors.address.strip("/").rpartition(":")[2]))
    await line.mend()
    yield line
    line.cut()


@pytest.mark.parametrize("seconds", [0, pytest.param(60, marks=pytest.mark.slow)])
async def test_a_page_that_was_offline_shows_what_happened_meanwhile(
    browser: Browser,
    visitors: Visitors,
    line: Line,
    desk: PostgresDesk,
    web_desk: Desk,
    hints: RowHints,
    seconds: float,
) -> None:
    await visitors.user(Role.SUPERVISOR)
    operator = await visitors.signed_in(Role.OPERATOR)
    async with await browser.new_context(base_url=line.address) as context:
        page = await context.new_page()
        await page.goto("/sign-in?to=/wall")
        await page.fill("#login", "the-supervisor")
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.locator("#wall-line summary")).to_be_visible()
        await streams(web_desk, 1)
        await operator.post("/line/closures", {"reason": "banjir di pasar"})
        await expect(page.locator("#wall-line")).to_contain_text("banjir di pasar")
        line.cut()
        await streams(web_desk, 0)
        await operator.post("/line/reopen")
        await operator.post("/line/closures", {"reason": "listrik padam"})
        await expect(page.locator("#wall-line")).to_contain_text("banjir di pasar")
        # All that a browser does about it by itself in that time.
        await asyncio.sleep(seconds)
        await line.mend()
        await expect(page.locator("#wall-line")).to_contain_text("listrik padam", timeout=60_000)
        # And it listens again.
        await operator.post("/line/reopen")
        await expect(page.locator("#wall-line summary")).to_be_visible(timeout=60_000)


async def streams(desk: Desk, count: int) -> None:
    async with asyncio.timeout(30):
        while desk.feed.streams != count:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0.01)
