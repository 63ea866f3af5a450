"""A program that is told what happens: one that takes it, is slow, talks nonsense, leads away."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class Got:
    headers: Mapping[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    def is_signed_with(self, secret: str) -> bool:
        """As the specification says, written anew."""
        text = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.raw
        digest = hmac.digest(b64decode(secret.removeprefix("whsec_")), text, "sha256")
        return self.headers["webhook-signature"] == "v1," + b64encode(digest).decode()


@dataclass
class Receiver:
    """`answers` is the status it gives; while `holds` is clear it gives none."""

    origin: str = ""
    answers: int = 204
    location: str = ""
    got: list[Got] = field(default_factory=list)
    holds: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{self.origin}/hook"

    @property
    def kinds(self) -> list[str]:
        return [one.body["type"] for one in self.got]

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(Got(request.headers.copy(), await request.read()))
        self.asked.set()
        await self.holds.wait()
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.answers, headers=headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.holds.set()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    server = TestServer(app)
    await server.start_server()
    receiver.origin = str(server.make_url("/")).rstrip("/")
    try:
        yield receiver
    finally:
        receiver.holds.set()
        await server.close()


@asynccontextmanager
async def talking(said: bytes) -> AsyncIterator[str]:
    """The address of somebody who says this to whoever comes, and ends."""

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
