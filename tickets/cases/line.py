"""Closing the line at once, and opening it again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets.cases.tickets import Place
from tickets.closures import Closures
from tickets.errors import Unacceptable
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """An emergency closure; those of the calendar are in its file."""

    id: UUID
    reason: str
    from_at: datetime
    until_at: datetime | None
    closed_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    stands: bool
    """It holds now or is to come."""


@dataclass(frozen=True, slots=True)
class Line:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    clock: Callable[[], datetime]

    async def closures(self, actor: Actor, after: Place | None, limit: int) -> list[Closure]:
        """Newest first, also those that are over."""
        actor.need(Right.LINE_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_closures"], self.clock(), *(after or (None, None)), limit
            )
        return [Closure(**row) for row in rows]

    async def close(self, actor: Actor, reason: str, until: datetime | None) -> list[Closure]:
        """From now on; those that stand. Unacceptable for an end that is past."""
        actor.need(Right.LINE_CHANGE)
        now = self.clock()
        if until is not None and until <= now:
            raise Unacceptable("this time is past", "/until")
        await Closures(self.store).close_line(reason, until, actor.login, now)
        return [one for one in await self.closures(actor, None, 100) if one.stands]

    async def reopen(self, actor: Actor) -> int:
        """Lift every closure that stands or is to come; how many those were."""
        actor.need(Right.LINE_CHANGE)
        return await Closures(self.store).reopen_line(actor.login, self.clock())
