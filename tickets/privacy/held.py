"""How a table is declared: whose its rows are, and what is left of them when a person is erased.

The statements are made of the declarations alone, never of anything that somebody typed; each is
run against the real schema by `tests/store/test_privacy_plan.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Keys = Mapping[str, Sequence[Any]]
"""Keys of the rows in question, by table."""


@dataclass(frozen=True)
class Held:
    """A table with rows of people."""

    table: str
    by: Mapping[str, str] = field(default_factory=dict)
    """Its columns that name rows of other tables of the plan: whose those are, theirs is this."""
    loose: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """As `by`, where a condition (SQL) holds too, and for a person as a whole alone."""
    blank: Mapping[str, str] | None = None
    """Columns that are emptied, and with what (SQL); None: the whole row goes."""
    keeps: str = ""
    """Names of the columns of text that stay, for they tell of nobody."""
    key: str = "id"
    file: str = ""
    """The column that names a file in the recordings' folder, which is destroyed with the row."""
    says: str = ""
    """A text (SQL) that may name people: their numbers and tickets are looked for in it."""
    hides: str = ""
    """Names of columns that are no news to the person: secrets, and what is made of others."""
    told: bool = True
    """The person is shown it when they ask what is known of them."""
    binds: bool = True
    """While there is such a row its person is one with whom we have to do."""

    @property
    def removed(self) -> bool:
        return self.blank is None

    @property
    def changes(self) -> bool:
        return self.blank is None or bool(self.blank)


@dataclass(frozen=True)
class Apart:
    """A table in which nothing is of a caller, and why that is so."""

    table: str
    why: str


@dataclass(frozen=True)
class Kind:
    """What is destroyed together when its time is up, beginning at rows of one table."""

    name: str
    table: str
    days: int
    """Unless the settings say otherwise."""
    at: str
    """When its time begins (SQL)."""
    only: str = "true"
    """Which rows (SQL)."""


class Plan:
    """Tables in an order in which whoever is named in `by` comes first."""

    def __init__(self, held: Sequence[Held], apart: Sequence[Apart], kinds: Sequence[Kind]) -> None:
        """Raises ValueError for a table that comes before one that it names, or twice."""
        self.held, self.apart = tuple(held), tuple(apart)
        self.kinds = {kind.name: kind for kind in kinds}
        seen: set[str] = set()
        for one in held:
            if late := set(named(one)) - seen:
                raise ValueError(f"{one.table} comes before {', '.join(sorted(late))}")
            seen.add(one.table)
        tables = [one.table for one in held] + [one.table for one in apart]
        if twice := {table for table in tables if tables.count(table) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} is in the plan twice")

    @cached_property
    def tables(self) -> Mapping[str, Held]:
        """Those that are apart too: a kind may be of them."""
        return {one.table: Held(one.table) for one in self.apart} | {
            one.table: one for one in self.held
        }

    def reached(self, root: str) -> Iterator[Held]:
        """Tables with rows that belong to rows of `root`, itself first."""
        yield self.tables[root]
        known = {root}
        for one in self.held:
            if one.table != root and (known & set(one.by.values()) or (one.says and root == WHOLE)):
                known.add(one.table)
                yield one

    def columns_of(self, parent: str) -> Iterator[tuple[Held, str]]:
        """Tables, and their columns, that name rows of this one."""
        for one in self.held:
            yield from ((one, column) for column, named in one.by.items() if named == parent)


WHOLE = "person"
"""The table of a person as a whole."""


def named(one: Held) -> Iterator[str]:
    """Tables that it names."""
    yield from one.by.values()
    yield from (table for table, _ in one.loose.values())


def condition(one: Held, root: str, keys: Keys, words: str = "") -> tuple[str, list[Any]]:
    """Which of its rows are meant, as SQL and its arguments; `false` for none."""
    tests: list[str] = []
    given: list[Any] = []
    if one.table == root:
        given.append(list(keys[root]))
        tests.append(f"{one.table}.{one.key} = ANY(${len(given)})")
    else:
        for column, parent in one.by.items():
            if keys.get(parent):
                given.append(list(keys[parent]))
                tests.append(f"{one.table}.{column} = ANY(${len(given)})")
        for column, (parent, only) in one.loose.items():
            if root == WHOLE and keys.get(parent):
                given.append(list(keys[parent]))
                tests.append(f"({one.table}.{column} = ANY(${len(given)}) AND {only})")
        if one.says and words:
            given.append(words)
            tests.append(f"{one.says} ~ ${len(given)}")
    return " OR ".join(tests) or "false", given


def erasure(one: Held, where: str) -> str:
    """Empties or removes these rows; those that are empty already are left alone."""
    if one.blank is None:
        return f"DELETE FROM {one.table} WHERE {where}"  # noqa: S608
    sets = ", ".join(f"{column} = {value}" for column, value in one.blank.items())
    return f"UPDATE {one.table} SET {sets} WHERE ({where}) AND {filled(one)}"  # noqa: S608


def filled(one: Held) -> str:
    """Whether there is anything in a row to take out."""
    if one.blank is None:
        return "true"
    return f"({' OR '.join(f'{name} IS DISTINCT FROM {to}' for name, to in one.blank.items())})"


def is_due(kind: Kind, table: Held) -> str:
    """Whether the time of a row was up at $1."""
    return f"{kind.at} < $1 AND ({kind.only}) AND {filled(table)}"
