"""The days of the history: who worked, who rang, and the promises that were carried out."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from config.calendar import WIB, Calendar
from ivr.facts_queue import CallbackCancelled, CallbackTried, QueueJoined
from scripts.embedded.agents import TEAM
from scripts.embedded.history import cast
from scripts.embedded.history.calls import Call
from scripts.embedded.history.diary import NOBODY, Diary, Officer, first_free
from tickets.desk import PostgresDesk
from tickets.queries import SQL
from tickets.store import Store

DAYS = 28
CALLS = (34, 52)
"""Of a day with hours, at least and at most."""
EVERY = timedelta(minutes=20)
"""So often it is looked which promises are due."""
BY_HOUR = {8: 9, 9: 14, 10: 13, 11: 8, 12: 4, 13: 9, 14: 8, 15: 5}
AT_WORK = 3
LATER = timedelta(hours=2)
"""From one attempt to the next."""
ATTEMPTS = 3
SERVICE = "demo-history"


@dataclass(frozen=True)
class History:
    """Told up to `now`; what would come later is left out."""

    store: Store
    desk: PostgresDesk
    calendar: Calendar
    now: datetime

    async def write(self) -> None:
        """Day by day. Nothing of it is left for the dialler."""
        today = self.now.astimezone(WIB).date()
        for ago in range(DAYS, -1, -1):
            await self._day(today - timedelta(days=ago))
        await self._leave_nothing()

    async def _day(self, day: date) -> None:
        diary = Diary(Random(f"saluran {day}"))
        spans = self.calendar.day(day).intervals
        officers = _shift(diary, day, spans[0][0].hour, spans[-1][1].hour) if spans else []
        officers = [one for one in officers if one.free < self.now]
        for one in officers:
            one.leaves = min(one.leaves, self.now)
            one.changes(diary, one.free, "ready")
        opens = datetime.combine(day, spans[0][0], WIB) if spans else None
        looked = opens + timedelta(minutes=2) if opens else None
        for number, at in enumerate(_times(diary.random, day, bool(spans))):
            # Nobody is still speaking now: of the last minutes nothing is told.
            if at > self.now - timedelta(minutes=15):
                break
            while looked and looked <= at and officers:
                await self._call_back(diary, officers, looked)
                looked += EVERY
            for one in officers:
                one.rests(diary, at)
            self._call(diary, number, at, officers)
        await self.desk.apply(diary.take())
        while looked and officers and looked < officers[0].leaves - timedelta(minutes=10):
            await self._call_back(diary, officers, looked)
            looked += EVERY
        for one in officers:
            one.changes(diary, one.leaves, "out")
        await self.desk.apply(diary.take())

    def _call(self, diary: Diary, number: int, at: datetime, officers: list[Officer]) -> None:
        random = diary.random
        who = cast.caller(random.randrange(cast.PEOPLE))
        call = Call(diary, who, at, number, withheld=random.random() < 0.04)
        if self.calendar.closing(at) is None:
            weights = [way.often for way in cast.WAYS.values()]
            call.in_hours(random.choices(list(cast.WAYS), weights)[0], officers)
        else:
            opening = self.calendar.next_opening(at)
            # A promise for the days to come would be carried out by the demo itself.
            past = opening is not None and opening < self.now - EVERY * 2
            call.after_hours(opening if past and random.random() < 0.6 else None)

    async def _call_back(self, diary: Diary, officers: list[Officer], now: datetime) -> None:
        """Whom we owe a call by now, in the dialler's own order; each attempt with its end."""
        await self.desk.apply(diary.take())
        async for row in self._claimed(now):
            at = now + diary.seconds(2, 20)
            officer = first_free(officers, (row["queue"] or "umum").removesuffix("-en"), at)
            if officer is None:
                break
            at = max(at, officer.free)
            entry = diary.new_id()
            diary.tell(
                QueueJoined,
                at,
                row["id"],
                entry=entry,
                callback=row["id"],
                queue=row["queue"] or "umum",
                since=row["since"],
                priority=row["priority"],
                position=1,
            )
            gone = officer.talks(diary, row["id"], entry, at, at + timedelta(seconds=4), "01")
            result = _result(diary.random, row["phone"])
            again = None if row["tries"] + 1 >= ATTEMPTS else at + LATER
            await self._dials(row, at + timedelta(seconds=6))
            self._tried(diary, row, officer.extension, result, gone, again)
            await self.desk.apply(diary.take())
        await self._release(now)

    async def _claimed(self, now: datetime) -> AsyncIterator[Mapping[str, Any]]:
        async with self.store.connection() as connection:
            claimed = await connection.fetch(SQL["claim_due"], now, 20, SERVICE)
            ids = [row["id"] for row in claimed]
            rows = await connection.fetch(SQL["claimed_callbacks"], ids)
        for row in rows:
            yield row

    async def _dials(self, row: Mapping[str, Any], at: datetime) -> None:
        async with self.store.connection() as connection:
            await connection.execute(SQL["mark_dialling"], row["id"], row["attempt"], at)

    async def _release(self, now: datetime) -> None:
        """What nobody was free for is due as it was."""
        async with self.store.connection() as connection:
            held = [row["id"] for row in await connection.fetch(SQL["claims_of"], SERVICE)]
            for row in await connection.fetch(SQL["claimed_callbacks"], held):
                await connection.execute(SQL["release_claim"], row["id"], row["attempt"], now)

    def _tried(
        self,
        diary: Diary,
        row: Mapping[str, Any],
        agent: str,
        result: str,
        at: datetime,
        again: datetime | None,
    ) -> None:
        diary.tell(
            CallbackTried,
            at,
            row["id"],
            id=row["attempt"],
            attempt=row["attempt"],
            callback=row["id"],
            agent=agent,
            phone=row["phone"],
            result=result,
            talked=60.0 if result == "kept" else 0.0,
            again=None if result == "kept" else again,
        )

    async def _leave_nothing(self) -> None:
        """What is left of the last day was called off by its callers."""
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["list_callbacks"], ["waiting", "claimed", "dialling"])
        diary = Diary(Random("saluran, the end"))
        for row in rows:
            diary.tell(CallbackCancelled, self.now, NOBODY, callback=row["id"], by="caller")
        await self.desk.apply(diary.take())


def _shift(diary: Diary, day: date, opens: int, closes: int) -> list[Officer]:
    """Who takes calls that day: so few that some callers wait longer than they like."""
    here = diary.random.sample(TEAM, AT_WORK)
    since, until = (
        datetime.combine(day, datetime.min.time(), WIB) + timedelta(hours=hour)
        for hour in (opens, closes)
    )
    return [
        Officer(
            agent.extension,
            frozenset(agent.skills),
            since + timedelta(seconds=diary.random.randint(0, 240)),
            until,
        )
        for agent in sorted(here, key=lambda agent: agent.extension)
    ]


def _times(random: Random, day: date, works: bool) -> list[datetime]:
    """When it rang: in the hours as by `BY_HOUR`, and now and then in the evening."""
    hours = [random.choice((7, 16, 17, 19, 20)) for _ in range(random.randint(2, 5))]
    if works:
        hours += random.choices(list(BY_HOUR), list(BY_HOUR.values()), k=random.randint(*CALLS))
    midnight = datetime.combine(day, datetime.min.time(), WIB)
    return sorted(
        midnight + timedelta(hours=hour, seconds=random.randrange(3600)) for hour in hours
    )


def _result(random: Random, phone: str) -> str:
    """Some people never answer, and are left to an officer."""
    if int(phone) % 9 == 0:
        return "no_answer"
    return random.choices(("kept", "no_answer", "busy", "unreachable"), (76, 14, 6, 4))[0]
