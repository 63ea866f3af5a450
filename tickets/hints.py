"""What changes in rows, heard on a connection of its own: `NOTIFY` of migration 0012."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

log = structlog.get_logger()

CHANNEL = "saluran_desk"
AGAIN = 2.0
"""Seconds until the connection is tried again."""
ALIVE_EVERY = 10.0
"""Seconds between two looks whether it still is one."""
PATIENCE = 3.0

Hear = Callable[[Mapping[str, Any]], None]


class RowHints:
    """Run it with `run`; it never ends by an error."""

    def __init__(self, dsn: str, hear: Hear, missed: Callable[[], None]) -> None:
        """`missed` is called when there is a connection again: nobody knows what was not heard."""
        self._dsn, self._hear, self._missed = dsn, hear, missed
        self.listening = asyncio.Event()
        """Set while nothing is missed."""

    async def run(self) -> None:
        first = True
        while True:
            try:
                await self._listen(first)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                log.info("hints.away", reason=str(error))
            first = False
            await asyncio.sleep(AGAIN)

    async def _listen(self, first: bool) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=PATIENCE, server_settings={"application_name": "saluran desk hints"}
        )
        try:
            gone = asyncio.Event()
            connection.add_termination_listener(lambda _: gone.set())
            await connection.add_listener(CHANNEL, self._heard)
            self.listening.set()
            if not first:
                self._missed()
            while not gone.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(ALIVE_EVERY):
                        await gone.wait()
                        return
                await connection.execute("SELECT 1", timeout=PATIENCE)
        finally:
            self.listening.clear()
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.close(timeout=PATIENCE)

    def _heard(self, _: object, pid: int, channel: str, payload: object) -> None:
        try:
            told = json.loads(str(payload))
        except ValueError:
            return  # Somebody else's.
        if isinstance(told, dict):
            self._hear(told)
