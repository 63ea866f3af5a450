"""Retention: each kind of data has its days, and is destroyed when they are over.

By and by, in small transactions: whoever works meanwhile waits for none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.files import FileStore
from tickets.privacy.erasing import erase, scope
from tickets.privacy.files import destroy_files
from tickets.privacy.held import WHOLE, Kind, is_due
from tickets.privacy.plan import PLAN
from tickets.store import Store

AT_ONCE = 200
"""Rows of a kind, with all that hangs on them, in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What of one kind has to go now."""

    kind: str
    days: int
    before: datetime
    """What began before this is over."""
    rows: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    kind: str
    rows: Mapping[str, int]
    """By table, with what hung on them."""


def days_of(wanted: Mapping[str, int]) -> dict[str, int]:
    """Of every kind, as the settings say or by default. ValueError for one that there is not."""
    if unknown := wanted.keys() - PLAN.kinds.keys():
        known = ", ".join(sorted(PLAN.kinds))
        raise ValueError(f"retention of {', '.join(sorted(unknown))}: there are only {known}")
    return {name: wanted.get(name, kind.days) for name, kind in PLAN.kinds.items()}


@dataclass(frozen=True, slots=True)
class Retention:
    """Raises StoreAway."""

    store: Store
    files: FileStore
    days: Mapping[str, int]
    """By kind, of all."""

    async def due(self, now: datetime) -> list[Due]:
        """What a run would destroy; nothing is changed."""
        found = []
        for kind in PLAN.kinds.values():
            before = self._before(kind, now)
            async with self.store.connection() as connection:
                row = await connection.fetchrow(
                    f"SELECT count(*) AS rows, min({kind.at}) AS oldest "  # noqa: S608
                    f"FROM {kind.table} WHERE {_test(kind)}",
                    before,
                )
            assert row is not None
            found.append(Due(kind=kind.name, days=self.days[kind.name], before=before, **row))
        return found

    async def run(self, now: datetime) -> list[Destroyed]:
        """Destroy what is due, and what an earlier run or erasure could not."""
        done = [
            Destroyed(kind=kind.name, rows=await self._run(kind, self._before(kind, now)))
            for kind in PLAN.kinds.values()
        ]
        await destroy_files(self.store, self.files)
        return done

    async def _run(self, kind: Kind, before: datetime) -> dict[str, int]:
        table = PLAN.tables[kind.table]
        total: dict[str, int] = {}
        while True:
            async with self.store.connection() as connection, connection.transaction():
                rows = await connection.fetch(
                    f"SELECT {table.key} FROM {table.table} WHERE {_test(kind)} "  # noqa: S608
                    f"ORDER BY {kind.at} LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED",
                    before,
                )
                keys = [row[0] for row in rows]
                gone = (await erase(connection, await scope(connection, kind.table, keys))).rows
            for name, count in gone.items():
                total[name] = total.get(name, 0) + count
            # Fewer than asked for: the rest is held by somebody, and is left for the next run.
            if len(keys) < AT_ONCE or not gone:
                return total

    def _before(self, kind: Kind, now: datetime) -> datetime:
        return now - timedelta(days=self.days[kind.name])


def _test(kind: Kind) -> str:
    test = is_due(kind, PLAN.tables[kind.table])
    return f"{test} AND {_nobody_deals_with_them()}" if kind.table == WHOLE else test


def _nobody_deals_with_them() -> str:
    """No row binds a person to us any more, whichever table it is in."""
    tests = [
        "NOT EXISTS (SELECT FROM data_request AS request "
        "WHERE request.person = person.id AND request.state = 'open')"
    ]
    for one, column in PLAN.columns_of(WHOLE):
        if one.binds and one.table != "phone":
            tests.append(
                f"NOT EXISTS (SELECT FROM {one.table} WHERE {one.table}.{column} = person.id)"
            )
    for one, column in PLAN.columns_of("phone"):
        if one.binds:
            tests.append(
                f"NOT EXISTS (SELECT FROM {one.table} JOIN phone "
                f"ON phone.number = {one.table}.{column} WHERE phone.person = person.id)"
            )
    return " AND ".join(tests)
