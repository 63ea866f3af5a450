"""Bringing a database to the schema of this release, forward only, one process at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import structlog

from tickets.errors import StoreAway
from tickets.remedies import away
from tickets.store import CONNECT_SECONDS, Connection
from tickets.versions import Migration, installed, migrations, refuse_newer

log = structlog.get_logger()

LOCK = 0x5A_1C_A4_A9
"""The advisory lock's key: any number that no other program uses in this database."""
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0

_BOOK = """
CREATE TABLE IF NOT EXISTS schema_migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


async def migrate(dsn: str) -> list[str]:
    """Apply what is missing, each migration in a transaction of its own; the names of those.

    Raises SchemaNewer, and StoreAway when the database cannot be reached or another process
    has been migrating for `PATIENCE_SECONDS`.
    """
    async with connected(dsn) as connection, _alone(connection):
        await connection.execute(_BOOK)
        version = await installed(connection)
        refuse_newer(version)
        missing = migrations()[version:]
        for migration in missing:
            await _apply(connection, migration)
        return [f"{migration.version:04d}_{migration.name}" for migration in missing]


async def schema_version(dsn: str) -> int:
    """The database's version, 0 when it was never migrated. Raises StoreAway."""
    async with connected(dsn) as connection:
        return await installed(connection)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """One connection without a limit on its commands. Raises StoreAway."""
    try:
        connection = await asyncpg.connect(
            dsn, timeout=CONNECT_SECONDS, server_settings={"application_name": "saluran migrate"}
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise away(dsn, error) from error


@asynccontextmanager
async def _alone(connection: Connection) -> AsyncIterator[None]:
    """Hold the lock. Polled: waiting inside PostgreSQL deadlocks with `CREATE INDEX CONCURRENTLY`,
    which waits for every transaction, the waiting one's too."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await connection.fetchval(  # noqa: ASYNC110  (only PostgreSQL knows)
                "SELECT pg_try_advisory_lock($1)", LOCK
            ):
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise StoreAway(
            f"another process has been migrating this database for {PATIENCE_SECONDS:.0f} s; "
            "wait for it, or see pg_stat_activity for what blocks it"
        ) from None
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO schema_migration (version, name) VALUES ($1, $2)",
            migration.version,
            migration.name,
        )
    log.info("schema.migrated", version=migration.version, name=migration.name)
