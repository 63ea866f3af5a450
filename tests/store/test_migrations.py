"""Migrations lead to the schema, once, whoever runs them."""

import asyncio
import json
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.store.catalogue import catalogue
from tests.store.told import whole_call
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.errors import SchemaNewer, SchemaOlder, StoreAway
from tickets.migrate import LOCK, migrate, schema_version
from tickets.queries import FOLDER
from tickets.store import Store
from tickets.versions import KNOWN, migrations

ROOT = Path(__file__).parents[2]
IN_A_PROCESS = """
import asyncio, json, sys
from tickets.migrate import migrate
print(json.dumps(asyncio.run(migrate(sys.argv[1]))))
"""


async def test_the_migrations_lead_to_the_schema(migrated: str, empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute((FOLDER / "schema.sql").read_text("utf-8"))
    await connection.close()
    assert await catalogue(migrated) == await catalogue(empty)
    assert len(await catalogue(empty)) > 100


async def test_a_second_run_has_nothing_to_do(empty: str) -> None:
    assert await schema_version(empty) == 0
    done = await migrate(empty)
    assert done == [f"{m.version:04d}_{m.name}" for m in migrations()]
    assert await migrate(empty) == []
    assert await schema_version(empty) == KNOWN


async def test_several_processes_at_once_migrate_once(empty: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", IN_A_PROCESS, empty, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(4)
    ]
    # Logs come on the same stream; the answer is the last line.
    said = [(await process.communicate())[0].splitlines()[-1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    done = [json.loads(line) for line in said]
    assert sorted(done, key=len)[:3] == [[], [], []]
    assert len(max(done, key=len)) == KNOWN


async def test_who_comes_later_waits_for_the_lock(empty: str) -> None:
    holder = await asyncpg.connect(empty)
    await holder.execute("SELECT pg_advisory_lock($1)", LOCK)
    waiting = asyncio.create_task(migrate(empty))
    # Until it has asked for the lock at least once.
    while not await holder.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
    ):
        pass
    assert await schema_version(empty) == 0
    await holder.close()
    assert len(await waiting) == KNOWN


async def test_a_migration_that_fails_leaves_the_version_before_it(empty: str) -> None:
    connection = await asyncpg.connect(empty)
    await connection.execute("CREATE TABLE ticket (in_the_way integer)")
    await connection.close()
    with pytest.raises(StoreAway, match="already exists"):
        await migrate(empty)
    assert await schema_version(empty) == 1


async def test_a_schema_newer_than_the_code_is_refused_by_everyone(
    empty: str, deadlines: Deadlines
) -> None:
    await migrate(empty)
    connection = await asyncpg.connect(empty)
    await connection.execute("INSERT INTO schema_migration VALUES ($1, 'of_the_future')", KNOWN + 1)
    await connection.close()
    with pytest.raises(SchemaNewer, match="install the newer release"):
        await migrate(empty)
    store = Store(empty)
    desk = PostgresDesk(store, deadlines, b"key")
    with pytest.raises(SchemaNewer, match=f"version {KNOWN + 1}.*knows up to {KNOWN}"):
        await desk.apply(whole_call().told)
    await store.close()


async def test_a_database_that_was_not_migrated_names_the_command(
    empty: str, deadlines: Deadlines
) -> None:
    store = Store(empty)
    with pytest.raises(SchemaOlder, match="saluran migrate"):
        await PostgresDesk(store, deadlines, b"key").person("+6281234567890")
    await store.close()


def test_a_gap_in_the_migrations_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").touch()
    (tmp_path / "0003_three.sql").touch()
    with pytest.raises(ValueError, match="0002_words"):
        migrations(tmp_path)
