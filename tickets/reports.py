"""Figures per interval, from rows alone; docs/reports.md defines them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from config.calendar import WIB
from tickets.figures import AbandonedFigures, AgentFigures, CallbackFigures, QueueFigures
from tickets.queries import SQL
from tickets.store import Store

FiguresT = TypeVar("FiguresT")

SERVICE_LEVEL = 20.0
"""Seconds, of a queue that names none."""


@dataclass(frozen=True, slots=True)
class Period:
    """From midnight to midnight in Jakarta, which has no summer time, in equal intervals."""

    start: datetime
    end: datetime
    step: timedelta

    def __post_init__(self) -> None:
        if self.step <= timedelta(0) or (self.end - self.start) % self.step:
            raise ValueError(f"a period of {self.end - self.start} has no intervals of {self.step}")

    @classmethod
    def day(cls, day: date, step: timedelta = timedelta(hours=1)) -> "Period":
        start = datetime.combine(day, time(), WIB)
        return cls(start, start + timedelta(days=1), step)

    @classmethod
    def week(cls, day: date, step: timedelta = timedelta(days=1)) -> "Period":
        """The week from Monday to Sunday that `day` is in."""
        monday = datetime.combine(day - timedelta(days=day.weekday()), time(), WIB)
        return cls(monday, monday + timedelta(days=7), step)


@dataclass(frozen=True, slots=True)
class Reports:
    """Every method raises StoreAway."""

    store: Store
    now: datetime
    """The service's: what goes on is counted up to it."""
    service_levels: Mapping[str, float] = field(default_factory=dict)
    """Seconds by queue, by the PBX's name of it."""
    forgiven: timedelta = timedelta(minutes=15)
    """A callback first dialled so long after the promised time counts as late."""

    async def queues(self, period: Period) -> list[QueueFigures]:
        levels = dict(self.service_levels)
        names, seconds = list(levels), [float(level) for level in levels.values()]
        given = (self.now, names, seconds, SERVICE_LEVEL)
        return await self._figures(QueueFigures, "report_queues", period, *given)

    async def agents(self, period: Period) -> list[AgentFigures]:
        return await self._figures(AgentFigures, "report_agents", period, self.now)

    async def callbacks(self, period: Period) -> list[CallbackFigures]:
        given = (self.now, self.forgiven)
        return await self._figures(CallbackFigures, "report_callbacks", period, *given)

    async def abandoned(self, period: Period) -> list[AbandonedFigures]:
        return await self._figures(AbandonedFigures, "report_abandoned", period)

    async def _figures(
        self, kind: type[FiguresT], name: str, period: Period, *given: Any
    ) -> list[FiguresT]:
        span = (period.start, period.end, period.step)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL[name], *span, *given)
        return [kind(**row) for row in rows]
