"""An AMI session on a plain socket, for tests of the PBX's side: it does only what it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

Packet = dict[str, str]


class RawAmi:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.events: list[Packet] = []

    @classmethod
    @asynccontextmanager
    async def session(cls, port: int, user: str, secret: str) -> AsyncIterator[Self]:
        """Logged in until the end of the block."""
        ami = cls(*await asyncio.open_connection("127.0.0.1", port))
        try:
            await ami._reader.readline()
            answer = await ami.ask("Login", Username=user, Secret=secret)
            assert answer["Response"] == "Success", answer
            yield ami
        finally:
            ami._writer.close()
            await ami._writer.wait_closed()

    async def ask(self, action: str, **headers: str) -> Packet:
        """Send an action; its response. Events that come before it are kept."""
        lines = [f"Action: {action}", *(f"{k}: {v}" for k, v in headers.items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        while "Response" not in (packet := await self._packet()):
            self.events.append(packet)
        return packet

    async def agi(self, channel: str, command: str) -> Packet:
        """Queue an AGI command on a channel in AsyncAGI."""
        return await self.ask("AGI", Channel=channel, Command=command, CommandID="1")

    async def event(self, name: str) -> Packet:
        """The next event of that name; those before it are kept."""
        for index, packet in enumerate(self.events):
            if packet.get("Event") == name:
                return self.events.pop(index)
        async with asyncio.timeout(20):
            while (packet := await self._packet()).get("Event") != name:
                self.events.append(packet)
        return packet

    async def _packet(self) -> Packet:
        raw = await self._reader.readuntil(b"\r\n\r\n")
        lines = raw.decode(errors="replace").strip().split("\r\n")
        return dict(line.partition(": ")[::2] for line in lines)
