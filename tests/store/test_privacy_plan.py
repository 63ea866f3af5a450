"""The plan of personal data against the database's own catalogue: a table that is not in it, a
reference or a column of text that it says nothing of, fails here."""

from collections import defaultdict

import asyncpg
import pytest

from tickets.privacy.held import Apart, Held, Plan, condition, erasure, filled, is_due, named
from tickets.privacy.plan import PLAN

REMEDY = "add it to tickets/privacy/plan.py: see docs/personal-data.md"
COLUMNS = """
SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = ''
"""
REFERENCES = """
SELECT conrelid::regclass::text AS "table", confrelid::regclass::text AS names,
    (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS name
FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
MAY_NAME_PEOPLE = {"text", "text[]", "jsonb", "json", "bytea", "character varying", "inet"}


@pytest.fixture
async def columns(sql: asyncpg.Connection) -> dict[str, dict[str, str]]:
    """Types by table and column."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in await sql.fetch(COLUMNS):
        found[row["table"]][row["name"]] = row["type"]
    return found


async def test_every_table_is_in_the_plan_and_no_other(columns: dict[str, dict[str, str]]) -> None:
    planned = {one.table for one in PLAN.held} | {one.table for one in PLAN.apart}
    assert columns.keys() - planned == set(), REMEDY
    assert planned - columns.keys() == set()


async def test_every_column_that_may_name_people_is_spoken_of(
    columns: dict[str, dict[str, str]],
) -> None:
    unsaid = set()
    for one in PLAN.held:
        said = {*(one.blank or {}), *one.keeps.split(), *one.by, one.key, one.file} - {"ctid"}
        texts = {name for name, type_ in columns[one.table].items() if type_ in MAY_NAME_PEOPLE}
        if not one.removed:
            unsaid |= {f"{one.table}.{name}" for name in texts - said}
        for name in (*said - {""}, *one.loose):
            assert name in columns[one.table], f"{one.table} has no {name}"
        # `words` and `search` of a ticket are made of others.
        for name in one.hides.split():
            assert name in columns[one.table] or name in ("words", "search"), name
    assert unsaid == set(), REMEDY


async def test_every_reference_to_somebodys_rows_is_followed(sql: asyncpg.Connection) -> None:
    """A row that names a person's row is theirs, or the plan says why it is not."""
    held = {one.table for one in PLAN.held}
    unsaid = set()
    for table, names, column in await sql.fetch(REFERENCES):
        if names not in held:
            continue
        one = PLAN.tables[table]
        is_own = table == names or column in one.by or column in one.loose
        if table not in held or not is_own:
            unsaid.add(f"{table}.{column} → {names}")
    assert unsaid - NOT_THEIRS == set(), REMEDY
    assert NOT_THEIRS - unsaid == set()


NOT_THEIRS: set[str] = set()
"""References that lead to somebody else."""


async def test_what_holds_a_removed_row_goes_before_it(sql: asyncpg.Connection) -> None:
    """No row is removed while one that stays still names it."""
    for table, names, column in await sql.fetch(REFERENCES):
        parent = PLAN.tables.get(names)
        if parent is None or names == table or not parent.removed or parent not in PLAN.held:
            continue
        one = PLAN.tables[table]
        assert one.removed or column in (one.blank or {}), f"{table}.{column} holds {names}"


async def test_every_statement_is_one_of_the_real_schema(sql: asyncpg.Connection) -> None:
    keys = {one.table: ["x"] for one in PLAN.held}
    for one in PLAN.held:
        where, given = condition(one, "person", keys, words="x")
        assert given, one.table
        if one.changes:
            await sql.prepare(erasure(one, where))
    for kind in PLAN.kinds.values():
        await sql.prepare(f"SELECT FROM {kind.table} WHERE {is_due(kind, PLAN.tables[kind.table])}")


def test_every_table_that_is_held_is_reached_from_a_person() -> None:
    reached = {one.table for one in PLAN.reached("person")}
    assert {one.table for one in PLAN.held} - reached == set()


def test_a_plan_in_which_somebody_comes_too_early_is_refused() -> None:
    phone, person = Held("phone", {"person": "person"}), Held("person")
    with pytest.raises(ValueError, match="phone comes before person"):
        Plan([phone, person], [], [])
    with pytest.raises(ValueError, match="phone is in the plan twice"):
        Plan([person, phone], [Apart("phone", "x")], [])
    assert filled(person) == "true"
    assert list(named(phone)) == ["person"]
