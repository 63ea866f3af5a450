"""Two services, restarts, changes of mind: nobody is ever called twice at once, nothing is lost."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.store.told import MONDAY_8, Call
from tests.store.waited import cancelled, moved, tried
from tickets.audit import promises
from tickets.callbacks import Callbacks
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store

SERVICES = ("one", "two")
PHONES = ("+628123450001", "+628123450002", "+628123450003")
RESULTS = (
    "kept",
    "kept",
    "kept",
    "busy",
    "no_answer",
    "agent_declined",
    "closed",
    "invalid",
    "uncertain",
)
IN_FLIGHT = """
SELECT callback.phone, count(*) FROM callback_attempt AS attempt
JOIN callback ON callback.id = attempt.callback
WHERE attempt.dialled_at IS NOT NULL AND attempt.result IS NULL
GROUP BY callback.phone HAVING count(*) > 1
"""
TWICE = """
SELECT callback FROM callback_attempt WHERE result = 'kept' GROUP BY callback HAVING count(*) > 1
"""
ADRIFT = """
SELECT callback.id FROM callback LEFT JOIN callback_attempt AS attempt
    ON attempt.id = callback.attempt AND attempt.dialled_at IS NOT NULL AND attempt.result IS NULL
WHERE (callback.state = 'dialling') AND attempt.id IS NULL
"""


@dataclass
class Walk:
    """A random day; each step is one thing that somebody does."""

    desk: PostgresDesk
    store: Store
    chance: random.Random
    now: datetime = MONDAY_8
    calls: int = 0
    held: dict[str, set[tuple[UUID, UUID]]] = field(
        default_factory=lambda: {service: set() for service in SERVICES}
    )
    ringing: set[tuple[UUID, UUID]] = field(default_factory=set)
    known: list[UUID] = field(default_factory=list)

    @property
    def callbacks(self) -> Callbacks:
        return Callbacks(self.store, lambda: self.now)

    async def step(self) -> None:
        self.now += timedelta(minutes=self.chance.randint(1, 9))
        usual = [self.claims, self.dials, self.tells]
        rare = [
            self.asks,
            self.asks,
            self.asks,
            self.asks,
            self.moves,
            self.cancels,
            self.restarts,
            self.releases,
        ]
        await self.chance.choice([*usual * 6, *rare])()

    async def asks(self) -> None:
        self.calls += 1
        call = Call(f"1795766400.{self.calls}", self.chance.choice(PHONES), at=self.now)
        call.begins()
        due = self.now + timedelta(minutes=self.chance.choice((0, 0, 0, 20)))
        call.is_promised(call.opens(self.calls), due=due)
        call.ends()
        await self.desk.apply(call.told)
        # Asked again, the phone's live callback is confirmed, and no other made.
        live = (await self.desk.person(call.phone or "")).live_callback
        assert live is not None
        self.known.append(live.id)

    async def claims(self) -> None:
        service = self.chance.choice(SERVICES)
        for one in await self.callbacks.claim_due(self.now, 2, service):
            self.held[service].add((one.id, one.attempt))

    async def dials(self) -> None:
        service = self.chance.choice(SERVICES)
        if claim := self._any(self.held[service]):
            if await self.callbacks.mark_dialling(*claim):
                self.ringing.add(claim)
            else:
                self.held[service].discard(claim)

    async def tells(self) -> None:
        if claim := self._any(self.ringing):
            await self.end(claim, self.chance.choice(RESULTS))

    async def end(self, claim: tuple[UUID, UUID], result: str) -> None:
        self.ringing.discard(claim)
        for held in self.held.values():
            held.discard(claim)
        again = self.now + timedelta(minutes=15) if result not in ("kept", "invalid") else None
        told = tried(*claim, result, at=self.now, again=None if result == "uncertain" else again)
        await self.desk.apply([told])
        await self.desk.apply([told])

    async def moves(self) -> None:
        if self.known:
            later = self.now + timedelta(minutes=self.chance.randint(0, 20))
            await self.desk.apply([moved(self.chance.choice(self.known), later, self.now)])

    async def cancels(self) -> None:
        if self.known:
            await self.desk.apply([cancelled(self.chance.choice(self.known), self.now)])

    async def releases(self) -> None:
        service = self.chance.choice(SERVICES)
        if claim := self._any(self.held[service] - self.ringing):
            await self.callbacks.release(*claim, self.now)
            self.held[service].discard(claim)

    async def restarts(self) -> None:
        """A service forgets all, and asks for what it had."""
        service = self.chance.choice(SERVICES)
        claimed = await self.callbacks.claimed(service)
        self.held[service] = {(one.id, one.attempt) for one in claimed}
        dialling = {(one.id, one.attempt) for one in claimed if one.dialling}
        assert dialling <= self.ringing

    def _any(self, claims: set[tuple[UUID, UUID]]) -> tuple[UUID, UUID] | None:
        return self.chance.choice(sorted(claims)) if claims else None


@pytest.mark.parametrize("seed", range(12))
async def test_nobody_is_called_twice_at_once_and_nothing_is_lost(
    desk: PostgresDesk, store: Store, sql: Connection, seed: int
) -> None:
    walk = Walk(desk, store, random.Random(seed))
    for _ in range(150):
        await walk.step()
        for wrong in (IN_FLIGHT, TWICE, ADRIFT):
            assert await sql.fetch(wrong) == []
    for claim in list(walk.ringing):
        await walk.end(claim, "kept")
    found = await promises(store, walk.now, timedelta(seconds=10))
    assert found.contradictions == []
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0
    assert found.kept + found.live + found.cancelled + found.with_people == await sql.fetchval(
        "SELECT count(*) FROM callback"
    )
    assert await sql.fetchval("SELECT count(*) FROM callback_attempt") >= 4
