"""The way to PostgreSQL: connections with limits on every wait, and its absence in plain words."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg

from tickets.remedies import away
from tickets.versions import refuse_other_schema

CONNECT_SECONDS = 3.0
COMMAND_SECONDS = 5.0
TRANSACTION_SECONDS = 10.0

Connection: TypeAlias = asyncpg.Connection

CONTENT = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
"""What PostgreSQL has against the values themselves: trying them again would not help."""


class Store:
    """A pool that need not reach PostgreSQL to exist: the service starts while it is away."""

    def __init__(
        self, dsn: str, connections: int = 4, settings: Mapping[str, str] | None = None
    ) -> None:
        """`connections` at most, each with these settings of PostgreSQL; none is opened before it
        is needed."""
        self._dsn = dsn
        self._settings = {"application_name": "saluran", "jit": "off"} | dict(settings or {})
        self._most = connections
        self._pool: asyncpg.Pool | None = None

    @property
    def idle(self) -> int:
        """Open connections that nobody uses just now."""
        return self._pool.get_idle_size() if self._pool else 0

    @property
    def size(self) -> int:
        """Open connections."""
        return self._pool.get_size() if self._pool else 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection, for less than `TRANSACTION_SECONDS`. Raises StoreAway.

        Everything but the errors of `CONTENT` counts as being away: what is not written now is
        kept by the one who wanted to write it, and not lost by a mistake of ours.
        """
        try:
            async with asyncio.timeout(TRANSACTION_SECONDS):
                pool = await self._opened()
                async with pool.acquire(timeout=CONNECT_SECONDS) as connection:
                    yield connection
        except CONTENT:
            raise
        except (
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ) as error:
            raise away(self._dsn, error) from error
        except OSError as error:  # TimeoutError is one
            raise away(self._dsn, error) from error

    async def close(self) -> None:
        """Close every connection, in use or not, after a moment's grace."""
        if self._pool is None:
            return
        pool, self._pool = self._pool, None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await pool.close()
        except TimeoutError:
            pool.terminate()

    async def _opened(self) -> asyncpg.Pool:
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                self._dsn,
                min_size=0,
                max_size=self._most,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                init=refuse_other_schema,
                reset=_reset,
                server_settings=self._settings,
            )
        return await self._pool


async def _reset(connection: Connection) -> None:
    """Spare the usual round trip at each return to the pool: nothing here sets a session's state,
    and only a transaction that was cancelled may be left open."""
    if connection.is_in_transaction():
        await connection.reset()
