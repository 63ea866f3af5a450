"""Carrying the plan out: which rows hang on somebody; reading and erasing them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tickets.privacy.held import WHOLE, Held, condition, erasure
from tickets.privacy.plan import PLAN
from tickets.queries import SQL
from tickets.store import Connection


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of one table and all that hang on them, as they are now."""

    root: str
    keys: Mapping[str, Sequence[Any]]
    words: str = ""
    """Matches what a text may name the person by; empty for none."""

    def of(self, one: Held) -> tuple[str, list[Any]]:
        return condition(one, self.root, self.keys, self.words)


@dataclass(frozen=True, slots=True)
class Erased:
    rows: Mapping[str, int] = field(default_factory=dict)
    """Changed or removed, by table."""
    files: Sequence[str] = ()
    """Names that `destroy_files` has to remove once this is committed."""


async def scope(connection: Connection, root: str, keys: Sequence[Any]) -> Scope:
    """What hangs on these rows of `root`."""
    reached = list(PLAN.reached(root))
    parents = {parent for one in reached for parent in one.by.values()}
    found: dict[str, Sequence[Any]] = {root: list(keys)}
    for one in reached[1:]:
        if one.table in parents:
            where, given = condition(one, root, found)
            rows = await connection.fetch(
                f"SELECT {one.key} FROM {one.table} WHERE {where}",  # noqa: S608
                *given,
            )
            found[one.table] = [row[0] for row in rows]
    return Scope(root, found, await _words(connection, found) if root == WHOLE else "")


async def read(connection: Connection, within: Scope) -> dict[str, list[dict[str, Any]]]:
    """All that there is, by table, without what is hidden."""
    told = {}
    for one in PLAN.reached(within.root):
        where, given = within.of(one)
        if one.told and where != "false":
            hidden = set(one.hides.split())
            rows = await connection.fetch(
                f"SELECT * FROM {one.table} WHERE {where}",  # noqa: S608
                *given,
            )
            told[one.table] = [
                {name: value for name, value in row.items() if name not in hidden} for row in rows
            ]
    return told


async def erase(connection: Connection, within: Scope) -> Erased:
    """Within the caller's transaction, those who refer to others first; files are noted to be
    destroyed after it."""
    rows: dict[str, int] = {}
    files: list[str] = []
    for one in reversed(list(PLAN.reached(within.root))):
        where, given = within.of(one)
        if where == "false" or not one.changes:
            continue
        if one.file:
            names = await connection.fetch(
                f"SELECT {one.file} FROM {one.table} WHERE {where}",  # noqa: S608
                *given,
            )
            files += [row[0] for row in names if row[0]]
        said = await connection.execute(erasure(one, where), *given)
        if count := int(said.rpartition(" ")[2]):
            rows[one.table] = count
    await connection.execute(SQL["note_files_to_destroy"], files)
    return Erased(rows, files)


async def follow(connection: Connection, person: Any, into: Any) -> None:
    """Whatever table names the person names the other one: two records were one person."""
    for one, column in PLAN.columns_of(WHOLE):
        if one.table not in ("phone", "ticket"):
            await connection.execute(
                f"UPDATE {one.table} SET {column} = $2 WHERE {column} = $1",  # noqa: S608
                person,
                into,
            )


async def _words(connection: Connection, keys: Mapping[str, Sequence[Any]]) -> str:
    tickets = await connection.fetch(SQL["numbers_of_tickets"], list(keys.get("ticket", ())))
    words = [str(phone).removeprefix("+") for phone in keys.get("phone", ())]
    words += [row["number"] for row in tickets]
    words += [str(key) for table in ("ticket", "call") for key in keys.get(table, ())]
    accounts = await connection.fetch(SQL["bsuids_of"], list(keys.get("whatsapp_user", ())))
    words += [row["bsuid"] for row in accounts]
    return rf"\m({'|'.join(map(re.escape, words))})\M" if words else ""
