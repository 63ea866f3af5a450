"""A link between two programs that can be cut: connections end, and new ones are refused."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Link:
    """Listens on `port` and passes on to another port of this machine."""

    port: int

    def __init__(self, to: int) -> None:
        self._to = to
        self.cut_after = b""
        """The link is cut when this has been passed on to the other side; empty: it is not."""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        """Be there, on the same port as before."""
        self._server = await asyncio.start_server(
            self._passed, "127.0.0.1", getattr(self, "port", 0)
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _passed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._open |= {writer, there_writer}
        for way in (self._pump(reader, there_writer), self._pump(there_reader, writer)):
            task = asyncio.create_task(way)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
                if self.cut_after and self.cut_after in data:
                    self.cut_after = b""
                    await self.cut()
        writer.close()


@asynccontextmanager
async def link(to: int) -> AsyncIterator[Link]:
    made = Link(to)
    await made.mend()
    try:
        yield made
    finally:
        await made.cut()
