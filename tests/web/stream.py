"""Somebody who reads the event stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.web.visitor import API, Visitor

PATIENCE = 10.0


@dataclass(frozen=True)
class Told:
    id: str
    kind: str
    data: Any


@dataclass
class Listener:
    response: aiohttp.ClientResponse
    last_id: str = ""
    told: list[Told] = field(default_factory=list)

    async def next(self) -> Told:
        """The next event. Raises TimeoutError, and EOFError for a stream that is over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                block = await self._block()
                self.last_id = block.get("id", self.last_id)
                if "event" in block:
                    event = Told(self.last_id, block["event"], json.loads(block["data"]))
                    self.told.append(event)
                    return event

    async def until(self, kind: str) -> Told:
        """The next event of this kind."""
        while (event := await self.next()).kind != kind:
            pass
        return event

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.response.content.at_eof():
                await self.response.content.readline()

    async def begun(self) -> None:
        """What is sent at once has come: whatever happens from now on is heard."""
        async with asyncio.timeout(PATIENCE):
            self.last_id = (await self._block()).get("id", self.last_id)

    async def _block(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while line := (await self.response.content.readline()).decode():
            if line == "\n":
                return found
            name, _, value = line.rstrip("\n").partition(": ")
            found[name] = value
        raise EOFError


@asynccontextmanager
async def listening(visitor: Visitor, last_id: str = "") -> AsyncIterator[Listener]:
    headers = dict(visitor.headers) | ({"Last-Event-ID": last_id} if last_id else {})
    async with visitor.session.get(f"{API}/events", headers=headers) as response:
        assert response.status == 200, await response.text()
        listener = Listener(response, last_id)
        await listener.begun()
        yield listener
