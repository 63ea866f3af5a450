"""The measurement of matching: every open ticket's list of producers, asked one after the other."""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg
from rich.console import Console

from scripts.benchmark.crowd import crowd
from scripts.benchmark.found import percentile
from scripts.benchmark.producer_crowd import crowd_of_producers, turn_into_wishes
from scripts.desk import CONNECTIONS
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from scripts.embedded.progress import step
from tickets.cases.producers import Producers
from tickets.rights import Actor, Role
from tickets.store import Store

MOST_MS = 50.0
"""Of any list."""
_LIAISON = Actor(user=UUID(int=1), login="bench", name="Bench", role=Role.LIAISON)


@dataclass(frozen=True, slots=True)
class MatchFound:
    producers: int
    seconds: list[float]
    """Of each ticket's list."""
    listed: list[int]
    """Producers on each list."""

    @property
    def slowest_ms(self) -> float:
        return max(self.seconds) * 1000

    @property
    def within_targets(self) -> bool:
        return self.slowest_ms <= MOST_MS and min(self.listed) > 0


async def measure_match(folder: Path, tickets: int, producers: int) -> MatchFound:
    """Run the whole measurement on a database of its own; what is in it is kept for the next."""
    with Installation(folder, Options()) as installation:
        with step("Starting a database"):
            await asyncio.to_thread(_start, installation)
        with step(f"{tickets:,} tickets and {producers:,} producers"):
            numbers = await _fill(installation.database_url(), tickets, producers)
        with step("A list for each ticket"):
            return await _lists(installation.database_url(), numbers, producers)


def _start(installation: Installation) -> None:
    installation.prepare()
    installation.start_postgres()
    installation.migrate()


async def _fill(database: str, tickets: int, producers: int) -> list[str]:
    connection = await asyncpg.connect(database, timeout=10)
    try:
        if not await connection.fetchval("SELECT count(*) FROM ticket"):
            await crowd(connection, tickets)
            await turn_into_wishes(connection)
            await crowd_of_producers(connection, producers)
        there = await connection.fetchval("SELECT count(*) FROM producer")
        rows = await connection.fetch("SELECT number FROM ticket ORDER BY number")
    finally:
        await connection.close()
    if (len(rows), there) != (tickets, producers):
        raise SystemExit(
            f"saluran: this state has {len(rows)} tickets and {there} producers: choose a new one "
            "with --state."
        )
    return [row["number"] for row in rows]


async def _lists(database: str, numbers: list[str], producers: int) -> MatchFound:
    store = Store(database, connections=1, settings=CONNECTIONS)
    directory = Producers(store, lambda: datetime.now(UTC))
    seconds, listed = [], []
    try:
        for number in numbers[:20]:  # the connection is open, its statements are known
            await directory.matches(_LIAISON, number)
        for number in numbers:
            began = time.perf_counter()
            found = await directory.matches(_LIAISON, number)
            seconds.append(time.perf_counter() - began)
            listed.append(len(found.found))
    finally:
        await store.close()
    return MatchFound(producers, seconds, listed)


def show_match(found: MatchFound) -> None:
    """Print what was found beside what is wanted."""
    ms = [seconds * 1000 for seconds in found.seconds]
    met = "[green]met[/]" if found.within_targets else "[red]missed[/]"
    Console().print(
        f"{len(ms):,} tickets × {found.producers:,} producers: median {median(ms):.1f} ms, "
        f"p95 {percentile(ms, 95):.1f} ms, slowest {found.slowest_ms:.1f} ms, "
        f"{min(found.listed)} to {max(found.listed)} on a list: {met} (each ≤ {MOST_MS:.0f} ms)"
    )


def match_as_json(found: MatchFound) -> None:
    """Print the numbers."""
    ms = [seconds * 1000 for seconds in found.seconds]
    told = {
        "tickets": len(ms),
        "producers": found.producers,
        "median_ms": round(median(ms), 2),
        "p95_ms": round(percentile(ms, 95), 2),
        "slowest_ms": round(found.slowest_ms, 2),
        "least_listed": min(found.listed),
        "within_targets": found.within_targets,
    }
    print(json.dumps(told, indent=2))
