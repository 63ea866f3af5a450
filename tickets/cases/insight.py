"""When callers come, and where in the menu they go: counted from rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tickets.errors import Unacceptable
from tickets.queries import SQL
from tickets.reports import Period
from tickets.rights import Actor, Right
from tickets.store import Store

MOST_DAYS = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCell:
    """Calls of one hour of one weekday, together."""

    weekday: int
    """1 is Monday, in Jakarta."""
    hour: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReached:
    step: str
    calls: int
    """So many were there."""
    left: int
    """Of them hung up there."""


Picture = Callable[[Mapping[str, StepReached], str], str]
"""The menu's picture with these counts in it, in a language."""


@dataclass(frozen=True, slots=True)
class Insight:
    """Every method raises NotAllowed, StoreAway; Unacceptable for more than `MOST_DAYS`."""

    store: Store
    picture: Picture | None = None
    """None for a desk that does not know the menu."""

    async def load(self, actor: Actor, period: Period) -> list[LoadCell]:
        """Hours in which nobody called are not in it."""
        return [LoadCell(**row) for row in await self._rows(actor, "load_by_hour", period)]

    async def steps(self, actor: Actor, period: Period) -> list[StepReached]:
        """The most reached first."""
        return [StepReached(**row) for row in await self._rows(actor, "steps_reached", period)]

    async def funnel(self, actor: Actor, period: Period, language: str) -> str:
        """The menu's picture (SVG) with who was where; empty for a desk that does not know it."""
        found = await self.steps(actor, period)
        return self.picture({one.step: one for one in found}, language) if self.picture else ""

    async def _rows(self, actor: Actor, name: str, period: Period) -> list[Mapping[str, Any]]:
        actor.need(Right.REPORTS_READ)
        if (period.end - period.start).days > MOST_DAYS:
            raise Unacceptable(f"at most {MOST_DAYS} days")
        async with self.store.connection() as connection:
            rows: list[Mapping[str, Any]] = await connection.fetch(
                SQL[name], period.start, period.end
            )
        return rows


def days_before(end: datetime, days: int) -> Period:
    """So many days up to a midnight."""
    return Period(end - timedelta(days=days), end, timedelta(days=days))
