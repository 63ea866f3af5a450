"""A database that the migrations made, empty again for every test."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from config.calendar import Calendar
from config.settings_groups import WORKING_DAYS
from tests.store.cluster import Cluster, private_cluster
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.migrate import migrate
from tickets.store import Connection, Store

CALENDAR = Path(__file__).parents[2] / "config" / "calendar.yaml"
PIN_KEY = b"a key of the tests, thirty-two b"
EMPTY = """
DO $$ BEGIN
    EXECUTE (
        SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'schema_migration'
    );
END $$
"""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with private_cluster() as cluster:
        yield cluster


@pytest.fixture
async def empty(cluster: Cluster) -> str:
    """The address of a database with nothing in it."""
    return await _create(cluster, f"empty{next(_numbers)}")


@pytest.fixture(scope="session")
async def migrated(cluster: Cluster) -> str:
    database = await _create(cluster, "migrated")
    await migrate(database)
    return database


@pytest.fixture
async def database(migrated: str) -> str:
    """The address of a migrated database without rows."""
    connection = await asyncpg.connect(migrated)
    try:
        await connection.execute(EMPTY)
    finally:
        await connection.close()
    return migrated


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    store = Store(database)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def deadlines() -> Deadlines:
    return Deadlines(Calendar.load(CALENDAR), 3, {str(name): n for name, n in WORKING_DAYS.items()})


@pytest.fixture
def desk(store: Store, deadlines: Deadlines) -> PostgresDesk:
    return PostgresDesk(store, deadlines, PIN_KEY)


@pytest.fixture
async def sql(database: str) -> AsyncIterator[Connection]:
    """A connection beside the desk's, to look at the rows."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def _create(cluster: Cluster, name: str) -> str:
    connection = await asyncpg.connect(cluster.dsn("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return cluster.dsn(name)
