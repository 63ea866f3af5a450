"""What the desk's people did with the history's tickets: through the use cases, at their time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from config.calendar import Calendar
from scripts.embedded.history import cast
from tickets.cases.people import People
from tickets.cases.ticket_work import TicketWork
from tickets.cases.tickets import TicketFilter, TicketLine, Tickets
from tickets.deadlines import Deadlines
from tickets.rights import Actor, Right, Role
from tickets.store import Store

PAGE = 200
AT_ONCE = 6
MOVES = ("verifikasi", "proses", "ditanggapi", "selesai")


@dataclass(frozen=True)
class Work:
    store: Store
    deadlines: Deadlines
    calendar: Calendar
    actors: Sequence[Actor]
    now: datetime

    async def write(self) -> None:
        """Names for the people, and a while of work on each ticket."""
        everybody = self._supervisor()
        await self._name_people(everybody)
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(line: TicketLine) -> None:
            async with turns:
                await self._work_on(line)

        await asyncio.gather(*(in_turn(line) for line in await self._tickets(everybody)))

    def _supervisor(self) -> Actor:
        return next(one for one in self.actors if one.role is Role.SUPERVISOR)

    async def _name_people(self, actor: Actor) -> None:
        people, after = People(self.store), None
        known = {who.phone: who.name for who in map(cast.caller, range(cast.PEOPLE))}
        while page := await people.page(actor, None, None, after, PAGE):
            for one in page:
                # Not of everybody the name is known.
                if one.phones and (name := known.get(one.phones[0])) and one.id.int % 8:
                    version = (await people.read(actor, one.id)).version
                    await people.rename(actor, one.id, version, name)
            after = page[-1].met_at, page[-1].id

    async def _tickets(self, actor: Actor) -> list[TicketLine]:
        tickets, after, found = Tickets(self.store), None, []
        while page := (await tickets.page(actor, TicketFilter(), after, PAGE)).tickets:
            found += page
            after = page[-1].opened_at, page[-1].id
        return found

    async def _work_on(self, line: TicketLine) -> None:
        """Older tickets are further on; one in ten was left lying."""
        random = Random(f"saluran {line.opened_at.isoformat()}")
        owner = random.choice([one for one in self.actors if self._may_own(one, line)])
        at = line.opened_at
        version, moves = line.version, list(MOVES)
        if random.random() < 0.1:
            moves = moves[: random.randrange(2)]
        for became in moves:
            at = self._later(at, random)
            if at >= self.now:
                return
            work = TicketWork(self.store, self.deadlines, lambda at=at: at)  # type: ignore[misc]
            if became == MOVES[0]:
                version = (await work.assign(owner, line.number, version, owner.login)).version
            moved = await work.move(owner, line.number, version, became)
            version = moved.version
            if became == "proses" and random.random() < 0.6:
                words = random.choice(cast.COMMENTS)
                version = (await work.comment(owner, line.number, words)).version
                if random.random() < 0.4:
                    tags = frozenset(random.sample(cast.TAGS, random.randint(1, 2)))
                    version = (await work.tag(owner, line.number, version, tags)).version

    def _may_own(self, actor: Actor, line: TicketLine) -> bool:
        if line.confidential and not actor.may(Right.CONFIDENTIAL):
            return False
        return actor.may(Right.TICKETS_CHANGE)

    def _later(self, at: datetime, random: Random) -> datetime:
        """Some hours or days later, when the office is open."""
        later = at + timedelta(hours=random.choice((1, 3, 5, 26, 50, 74)))
        return self.calendar.next_opening(later + timedelta(minutes=random.randrange(50))) or later
