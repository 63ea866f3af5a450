"""A database of its own for every test, copied from one that the migrations made."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from config.calendar import Calendar
from config.settings import WORKING_DAYS
from tests.store.cluster import Cluster, private_cluster
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.migrate import migrate
from tickets.store import Connection, Store

CALENDAR = Path(__file__).parents[2] / "config" / "calendar.yaml"
PIN_KEY = b"a key of the tests, thirty-two b"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with private_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
async def template(cluster: Cluster) -> str:
    await _create(cluster, "migrated", "template1")
    await migrate(cluster.dsn("migrated"))
    return "migrated"


@pytest.fixture
async def empty(cluster: Cluster) -> str:
    """The address of a database with nothing in it."""
    return await _create(cluster, f"empty{next(_numbers)}", "template1")


@pytest.fixture
async def database(cluster: Cluster, template: str) -> str:
    """The address of a migrated database without rows."""
    return await _create(cluster, f"test{next(_numbers)}", template)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    store = Store(database)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def deadlines() -> Deadlines:
    return Deadlines(Calendar.load(CALENDAR), 3, WORKING_DAYS)


@pytest.fixture
def desk(store: Store, deadlines: Deadlines) -> PostgresDesk:
    return PostgresDesk(store, deadlines, PIN_KEY)


@pytest.fixture
async def sql(database: str) -> AsyncIterator[Connection]:
    """A connection beside the desk's, to look at the rows."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def _create(cluster: Cluster, name: str, template: str) -> str:
    connection = await asyncpg.connect(cluster.dsn("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    finally:
        await connection.close()
    return cluster.dsn(name)
