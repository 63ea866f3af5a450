"""The measurement of the desk: its API and a bare handler by turns, and its lists among many."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from scripts.benchmark.crowd import crowd
from scripts.benchmark.desk_found import DeskFound, Pair
from scripts.embedded import privileges
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from scripts.embedded.progress import step

Query = Mapping[str, str]
PAIRS: Mapping[str, tuple[str, Query]] = {
    "the newest 50": ("/tickets", {}),
    "open ones by deadline": ("/tickets", {"order": "deadline"}),
    "a search of two words": ("/tickets", {"q": "bandung batik"}),
    "a search of a rare word": ("/tickets", {"q": "c4ca42"}),
    "one ticket": ("/tickets/00000777", {}),
}
LISTS: Mapping[str, tuple[str, Query]] = {
    "tickets, newest": ("/tickets", {"limit": "200"}),
    "tickets by deadline": ("/tickets", {"order": "deadline", "limit": "200"}),
    "tickets of a status": ("/tickets", {"status": "proses"}),
    "tickets of a category": ("/tickets", {"category": "KUR"}),
    "tickets of an owner": ("/tickets", {"owner": "agent3"}),
    "tickets with a tag": ("/tickets", {"tag": "mendesak"}),
    "tickets of a number": ("/tickets", {"phone": "081000000007"}),
    "search: a common word": ("/tickets", {"q": "bandung"}),
    "search: two words": ("/tickets", {"q": "bandung batik"}),
    "search: a word and a status": ("/tickets", {"q": "bandung", "status": "baru"}),
    "search: misspelt": ("/tickets", {"q": "bandng"}),
    "search: nothing like it": ("/tickets", {"q": "qqqqqqqq"}),
    "people, newest": ("/people", {}),
    "people by a part of a name": ("/people", {"name": "a87f"}),
    "people by number": ("/people", {"phone": "081000000007"}),
    "calls, newest": ("/calls", {}),
    "calls of an outcome": ("/calls", {"outcome": "promise"}),
    "callbacks": ("/callbacks", {}),
    "audit": ("/audit", {}),
    "audit of somebody": ("/audit", {"who": "agent7"}),
}


@dataclass(frozen=True, slots=True)
class DeskLoad:
    tickets: int
    rounds: int
    each: int
    """Times that each question is asked, of either, in a round."""


async def measure_desk(folder: Path, load: DeskLoad) -> DeskFound:
    """Run the whole measurement on a database of its own."""
    with Installation(folder, Options()) as installation:
        with step("Starting a database"):
            await asyncio.to_thread(_start, installation)
        with step(f"{load.tickets:,} tickets"):
            await _fill(installation.database_url(), load.tickets)
        async with _serving(folder) as places, aiohttp.ClientSession() as http:
            asker = _Asker(http, places)
            pairs = {name: Pair() for name in PAIRS}
            await asker.by_turns({name: Pair() for name in PAIRS}, 20)  # both warm
            for nth in range(1, load.rounds + 1):
                with step(f"Round {nth} of {load.rounds}: API and bare, by turns"):
                    await asker.by_turns(pairs, load.each)
            with step("Every list and search"):
                lists = {
                    name: [await asker.seconds("ours", *LISTS[name]) for _ in range(load.each)]
                    for name in LISTS
                }
        return DeskFound(load.tickets, pairs, lists)


def _start(installation: Installation) -> None:
    installation.prepare()
    installation.start_postgres()
    installation.migrate()


async def _fill(database: str, tickets: int) -> None:
    connection = await asyncpg.connect(database, timeout=10)
    try:
        there = await connection.fetchval("SELECT count(*) FROM ticket")
        if there not in (0, tickets):
            sys.exit(f"saluran: this state has {there} tickets: choose a new one with --state.")
        if not there:
            await crowd(connection, tickets)
    finally:
        await connection.close()


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[dict[str, Any]]:
    # What the desk says goes where a service's log goes.
    log = folder / "bench.log"
    with log.open("w", encoding="utf-8") as said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.benchmark.desk_server", str(folder)),
            stdout=asyncio.subprocess.PIPE,
            stderr=said,
            cwd=privileges.CHECKOUT,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            line = await process.stdout.readline()
        if not line:
            sys.exit(f"saluran: the desk did not start; its own words are in {log}.")
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@dataclass(frozen=True, slots=True)
class _Asker:
    http: aiohttp.ClientSession
    places: Mapping[str, Any]

    async def seconds(self, whom: str, path: str, query: Query) -> float:
        headers = {"Authorization": f"Bearer {self.places['token']}"} if whom == "ours" else {}
        url = f"http://127.0.0.1:{self.places[whom]}/api/v1{path}"
        began = time.perf_counter()
        async with self.http.get(url, params=query, headers=headers) as answer:
            raw = await answer.read()
        seconds = time.perf_counter() - began
        if answer.status != 200:
            sys.exit(f"saluran: {whom} answered {answer.status} to {path} {query}: {raw!r}")
        return seconds

    async def by_turns(self, pairs: Mapping[str, Pair], each: int) -> None:
        """A round: every other time the other one is asked first."""
        for name, pair in pairs.items():
            taken: dict[str, list[float]] = {"ours": [], "bare": []}
            for nth in range(each):
                for whom in ("ours", "bare") if nth % 2 else ("bare", "ours"):
                    taken[whom].append(await self.seconds(whom, *PAIRS[name]))
            pair.ours.append(taken["ours"])
            pair.bare.append(taken["bare"])
