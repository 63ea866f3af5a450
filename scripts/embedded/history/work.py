"""What the desk's people did with the history's tickets, each at its time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from config.calendar import Calendar
from scripts.embedded.history import cast
from tickets import lifecycle
from tickets.cases.people import People
from tickets.cases.tickets import TicketFilter, TicketLine, Tickets
from tickets.queries import SQL
from tickets.rights import Actor, Right, Role
from tickets.store import Store

PAGE = 200
AT_ONCE = 6
CHANGED = (
    "category",
    "status",
    "fields",
    "confidential",
    "anonymous",
    "owner",
    "tags",
    "merged_into",
    "deadline",
)
"""In the order of the statement `change_ticket`."""
MOVES = ("verifikasi", "proses", "ditanggapi", "selesai")


@dataclass(frozen=True)
class Work:
    store: Store
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
            async with self.store.connection() as connection:
                for one in page:
                    # Not of everybody the name is known.
                    if one.phones and (name := known.get(one.phones[0])) and one.id.int % 8:
                        await connection.execute(SQL["name_unnamed"], one.id, name)
            after = page[-1].met_at, page[-1].id

    async def _tickets(self, actor: Actor) -> list[TicketLine]:
        tickets, after, found = Tickets(self.store), None, []
        while page := (await tickets.page(actor, TicketFilter(), after, PAGE)).tickets:
            found += page
            after = page[-1].opened_at, page[-1].id
        return found

    async def _work_on(self, line: TicketLine) -> None:
        """Older tickets are further on; one in ten was left lying.

        By the statements of the use cases rather than by these: they have the time to tell, and
        nobody looked at what is confidential, so that the audit says nothing of it.
        """
        random = Random(f"saluran {line.opened_at.isoformat()}")
        owner = random.choice([one for one in self.actors if self._may_own(one, line)])
        moves = MOVES if random.random() >= 0.1 else MOVES[: random.randrange(2)]
        at = line.opened_at
        async with self.store.connection() as connection, connection.transaction():
            now = dict(await connection.fetchrow(SQL["hold_ticket"], True, line.number))

            async def note(kind: str, was: str | None, became: str | None) -> None:
                given = (line.id, kind, was, became, owner.login, "", at)
                await connection.execute(SQL["add_event"], *given)

            for became in moves:
                at = self._later(at, random)
                if at >= self.now:
                    break
                if now["owner"] is None:
                    await note("assigned", None, owner.login)
                    now["owner"] = owner.login
                lifecycle.allow(now["status"], became)
                await note("moved", now["status"], became)
                now["status"] = became
                if became == "proses" and random.random() < 0.6:
                    words = (uuid4(), line.id, owner.login, random.choice(cast.COMMENTS), at)
                    await connection.execute(SQL["comment"], *words)
                    now["tags"] = sorted(random.sample(cast.TAGS, random.randint(0, 2)))
                    if now["tags"]:
                        await note("tagged", "", " ".join(now["tags"]))
            if now["owner"]:
                await connection.execute(SQL["change_ticket"], line.id, *map(now.get, CHANGED))

    def _may_own(self, actor: Actor, line: TicketLine) -> bool:
        if line.confidential and not actor.may(Right.CONFIDENTIAL):
            return False
        return actor.may(Right.TICKETS_CHANGE)

    def _later(self, at: datetime, random: Random) -> datetime:
        """Some hours or days later, when the office is open."""
        later = at + timedelta(hours=random.choice((1, 3, 5, 26, 50, 74)))
        return self.calendar.next_opening(later + timedelta(minutes=random.randrange(50))) or later
