"""The shift itself: everybody comes, acts by chance, and goes when all is quiet."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import asyncpg

from scripts.caller import Dialled, Phone
from scripts.caller.sounds import Sounds
from scripts.embedded.addresses import NUMBER
from scripts.embedded.agents import TEAM
from tests.calls.agents import AgentPhones
from tests.calls.sip_parties import Parties
from tests.shift.desk import DeskAgent, Supervisor
from tests.shift.diary import Diary
from tests.shift.house import House
from tests.shift.people import Person

PEOPLE = 30
UNKNOWN_TO_THE_NETWORK = 2
"""So many of them have a number that nobody has."""
QUIET = 600.0
"""Seconds after the last call within which every promise must be kept or with a person."""
UNSETTLED = (
    "SELECT (SELECT count(*) FROM call WHERE ended_at IS NULL) AS calls,"
    " (SELECT count(*) FROM callback WHERE state IN ('waiting', 'claimed', 'dialling'))"
    " AS callbacks,"
    " (SELECT count(*) FROM queue_entry WHERE left_at IS NULL"
    " OR answered_at IS NOT NULL AND talk_ended_at IS NULL) AS stays"
)


@dataclass
class Shift:
    """Everybody in it."""

    house: House
    seed: int
    pool: "asyncpg.Pool[asyncpg.Record]"
    diary: Diary = field(default_factory=Diary)
    desks: list[DeskAgent] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)

    async def runs(self) -> None:
        """From the first log-in to the last callback."""
        async with self._everybody():
            await self.house.sleep_until(0)
            calls = asyncio.gather(*(one.rings_now_and_then() for one in self.people.values()))
            supervisor = self.desks[0]
            assert isinstance(supervisor, Supervisor)
            closing = supervisor.closes_the_line(
                self.house.seconds * 0.4, min(25.0, self.house.seconds * 0.1)
            )
            await asyncio.gather(calls, closing, self._is_moved_by_hand())
            for desk in self.desks:
                desk.calm.set()
            await self._until_quiet()

    @asynccontextmanager
    async def _everybody(self) -> AsyncIterator[None]:
        installation, carrier = self.house.installation, Parties()
        await carrier.listen(installation.ports.carrier)
        line = Dialled(NUMBER, "127.0.0.1", installation.ports.sip)
        heard = installation.state.folder / "heard"
        async with (
            Phone(line, installation.sounds, heard) as phone,
            AgentPhones(self.house) as phones,
        ):
            self._come(phone, phones, carrier, Sounds(installation.sounds))
            await asyncio.gather(*(desk.begins() for desk in self.desks))
            tasks = [asyncio.create_task(desk.works()) for desk in self.desks]
            tasks += [asyncio.create_task(one.has_a_phone()) for one in self.people.values()]
            try:
                yield
                await _stop(tasks)
                await asyncio.gather(*(desk.leaves() for desk in self.desks))
            finally:
                await _stop(tasks)
                carrier.close()

    def _come(self, phone: Phone, phones: AgentPhones, carrier: Parties, sounds: Sounds) -> None:
        for nth in range(1, PEOPLE + 1):
            number = f"0812555{nth:05}"
            self.people[number] = Person(
                number,
                self.house,
                phone,
                carrier,
                sounds,
                self.diary,
                Random(f"{self.seed}/{number}"),
                reachable=nth <= PEOPLE - UNKNOWN_TO_THE_NETWORK,
            )
        for agent in TEAM:
            if agent.phone != "sip":
                continue
            kind = Supervisor if agent.supervisor else DeskAgent
            chance = Random(f"{self.seed}/{agent.extension}")
            self.desks.append(
                kind(agent.extension, self.house, phones, self.people, self.diary, chance)
            )

    async def _is_moved_by_hand(self) -> None:
        """Now and then somebody is given another time."""
        chance = Random(f"{self.seed}/moves")
        while self.house.since_start() < self.house.seconds:
            await asyncio.sleep(chance.uniform(0.08, 0.16) * self.house.seconds)
            row = await self.pool.fetchrow(
                "SELECT id FROM callback WHERE state = 'waiting' ORDER BY md5(id::text) LIMIT 1"
            )
            if row is None:
                continue
            due = self.house.now() + timedelta(seconds=chance.uniform(20, 80))
            await self.house.runs("callbacks", "move", str(row["id"]), due.isoformat())
            self.diary.did["a callback is moved by hand"] += 1

    async def _until_quiet(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET):
                while True:
                    row = await self.pool.fetchrow(UNSETTLED)
                    assert row
                    if not any(row.values()) and not (await self.house.report())["spooled"]:
                        return
                    await asyncio.sleep(0.5)
        self.diary.problems.append(f"not quiet {QUIET:g} s after the last call: {dict(row)}")


async def _stop(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, Exception):
            raise found
