"""PostgreSQL goes away in all its ways; the desk says so in plain words, and is back by itself."""

import asyncio
import socket
from collections.abc import Iterator

import asyncpg
import pytest

from tests.store.cluster import Cluster, private_cluster
from tests.store.conftest import PIN_KEY
from tests.store.told import SITI, whole_call
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.errors import StoreAway
from tickets.migrate import migrate
from tickets.remedies import away
from tickets.store import Connection, Store


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A cluster that the tests of this file may take away."""
    with private_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
async def address(own: Cluster) -> str:
    await migrate(own.dsn("postgres"))
    return own.dsn("postgres")


async def asked(dsn: str, deadlines: Deadlines) -> str:
    """What a desk on this address says to a question."""
    store = Store(dsn)
    try:
        with pytest.raises(StoreAway) as raised:
            await PostgresDesk(store, deadlines, PIN_KEY).person(SITI)
        return str(raised.value)
    finally:
        await store.close()


async def test_facts_told_while_it_is_away_can_be_told_again(
    own: Cluster, address: str, deadlines: Deadlines
) -> None:
    store = Store(address)
    desk = PostgresDesk(store, deadlines, PIN_KEY)
    call = whole_call()
    await desk.apply(call.told[:4])
    own.stop()
    try:
        with pytest.raises(StoreAway):
            await desk.apply(call.told)
    finally:
        own.start()
    await desk.apply(call.told)
    assert (await desk.person(SITI)).live_callback is not None
    await store.close()


async def test_a_desk_can_be_made_while_it_is_away(
    own: Cluster, address: str, deadlines: Deadlines
) -> None:
    own.stop()
    try:
        store = Store(address)
        desk = PostgresDesk(store, deadlines, PIN_KEY)
        with pytest.raises(StoreAway, match="start PostgreSQL"):
            await desk.closures()
        with pytest.raises(StoreAway):
            await migrate(address)
    finally:
        own.start()
    assert await desk.closures() == []
    await store.close()


async def test_a_server_that_hangs_is_given_up(
    own: Cluster, address: str, deadlines: Deadlines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.store.COMMAND_SECONDS", 0.2)
    monkeypatch.setattr("tickets.store.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr("tickets.store.TRANSACTION_SECONDS", 1.0)
    store = Store(address)
    desk = PostgresDesk(store, deadlines, PIN_KEY)
    await desk.closures()
    own.freeze()
    try:
        with pytest.raises(StoreAway, match="overloaded, stopped"):
            await desk.closures()
    finally:
        own.thaw()
    assert await desk.closures() == []
    await store.close()


async def test_a_connection_cut_in_the_middle_is_away_and_nothing_is_half_written(
    store: Store, desk: PostgresDesk, sql: Connection
) -> None:
    call = whole_call()
    await sql.execute("BEGIN")
    await sql.execute("LOCK TABLE callback")
    telling = asyncio.create_task(desk.apply(call.told))
    while not await sql.fetchval(
        "SELECT pg_terminate_backend(pid) FROM pg_locks "
        "WHERE relation = 'callback'::regclass AND NOT granted"
    ):
        pass
    with pytest.raises(StoreAway):
        await telling
    await sql.execute("ROLLBACK")
    assert await sql.fetchval("SELECT count(*) FROM call") == 0
    await desk.apply(call.told)
    assert await sql.fetchval("SELECT count(*) FROM callback") == 1


async def test_a_wrong_password_says_where_to_correct_it_and_keeps_it_secret(
    cluster: Cluster, sql: Connection, deadlines: Deadlines
) -> None:
    await sql.execute("CREATE ROLE clerk LOGIN PASSWORD 'right'")
    try:
        said = await asked(cluster.dsn("migrated", "clerk", "not-it"), deadlines)
    finally:
        await sql.execute("DROP ROLE clerk")
    assert "database.url_file" in said
    assert "`migrated`" in said
    assert "not-it" not in said


async def test_a_database_that_does_not_exist_says_so(
    cluster: Cluster, deadlines: Deadlines
) -> None:
    assert "create the database" in await asked(cluster.dsn("nowhere"), deadlines)


async def test_a_closed_port_says_so(deadlines: Deadlines) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        said = await asked(f"postgresql://saluran@127.0.0.1:{port}/saluran", deadlines)
    assert f"127.0.0.1:{port}" in said
    assert "PostgreSQL runs there" in said


async def test_an_address_that_is_none_says_so(deadlines: Deadlines) -> None:
    assert "database.url_file" in await asked("mysql://saluran@localhost/saluran", deadlines)


async def test_no_connection_left_says_so(own: Cluster, address: str, deadlines: Deadlines) -> None:
    own.stop()
    own.start(max_connections="5", superuser_reserved_connections="0", max_wal_senders="0")
    held = [await asyncpg.connect(address) for _ in range(5)]
    try:
        assert "max_connections" in await asked(address, deadlines)
    finally:
        for connection in held:
            await connection.close()
        own.stop()
        own.start()


async def test_a_read_only_server_is_away_for_facts(
    own: Cluster, address: str, deadlines: Deadlines
) -> None:
    own.stop()
    own.start(default_transaction_read_only="on")
    store = Store(address)
    try:
        with pytest.raises(StoreAway, match="primary"):
            await PostgresDesk(store, deadlines, PIN_KEY).apply(whole_call("2.2").told)
    finally:
        await store.close()
        own.stop()
        own.start()


async def test_a_missing_right_is_away_and_names_it(
    cluster: Cluster, migrated: str, sql: Connection, deadlines: Deadlines
) -> None:
    await sql.execute("CREATE ROLE guest LOGIN")
    await sql.execute("GRANT SELECT ON schema_migration TO guest")
    try:
        said = await asked(cluster.dsn("migrated", "guest"), deadlines)
    finally:
        await sql.execute("DROP OWNED BY guest; DROP ROLE guest")
    assert "permission denied for table" in said
    assert "the user that serves" in said


def test_a_full_disk_says_so() -> None:
    full = asyncpg.DiskFullError("could not extend file: No space left on device")
    said = str(away("postgresql://saluran:secret@db.internal:5433/saluran", full))
    assert said == (
        "PostgreSQL database `saluran` at db.internal:5433: could not extend file: "
        "No space left on device; free the disk of the database"
    )
