"""Which schema the code knows, and which the database has."""

import re
from pathlib import Path
from typing import NamedTuple

import asyncpg

from tickets.errors import SchemaNewer, SchemaOlder
from tickets.queries import FOLDER

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


class Migration(NamedTuple):
    version: int
    name: str
    sql: str


def migrations(folder: Path = FOLDER / "migrations") -> list[Migration]:
    """Every migration in order; ValueError unless they are numbered 1, 2, 3… without a gap."""
    found = []
    for number, file in enumerate(sorted(folder.glob("*.sql")), start=1):
        match = _NAME.fullmatch(file.name)
        if match is None or int(match[1]) != number:
            raise ValueError(f"{file}: expected the name to be {number:04d}_words.sql")
        found.append(Migration(number, match[2], file.read_text("utf-8")))
    return found


KNOWN = len(migrations())


async def installed(connection: asyncpg.Connection) -> int:
    """The schema's version; 0 for a database that was never migrated."""
    if await connection.fetchval("SELECT to_regclass('schema_migration') IS NULL"):
        return 0
    version = await connection.fetchval("SELECT coalesce(max(version), 0) FROM schema_migration")
    return int(version)


def refuse_newer(version: int) -> None:
    """Raise SchemaNewer for a version that this code does not know."""
    if version > KNOWN:
        raise SchemaNewer(
            f"the database's schema has version {version}, this release knows up to {KNOWN}; "
            "install the newer release again, or restore the backup from before its migration"
        )


async def refuse_other_schema(connection: asyncpg.Connection) -> None:
    """Raise SchemaNewer or SchemaOlder unless the database has the schema that the code knows."""
    version = await installed(connection)
    refuse_newer(version)
    if version < KNOWN:
        raise SchemaOlder(
            f"the database's schema has version {version}, this release needs {KNOWN}; "
            "run `saluran migrate`"
        )
