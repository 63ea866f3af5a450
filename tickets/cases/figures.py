"""Figures of queues, agents and callbacks, as `saluran report` has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tickets.errors import Unacceptable
from tickets.figures import AbandonedFigures, AgentFigures, CallbackFigures, QueueFigures
from tickets.reports import Period, Reports
from tickets.rights import Actor, Right
from tickets.store import Store

MOST_INTERVALS = 24 * 31


@dataclass(frozen=True, slots=True)
class Figures:
    """Every method raises NotAllowed, StoreAway; Unacceptable for more than `MOST_INTERVALS`."""

    store: Store
    clock: Callable[[], datetime]
    service_levels: Mapping[str, float] = field(default_factory=dict)
    forgiven: timedelta = timedelta(minutes=15)

    async def queues(self, actor: Actor, period: Period) -> list[QueueFigures]:
        return await self._reports(actor, period).queues(period)

    async def agents(self, actor: Actor, period: Period) -> list[AgentFigures]:
        return await self._reports(actor, period).agents(period)

    async def callbacks(self, actor: Actor, period: Period) -> list[CallbackFigures]:
        return await self._reports(actor, period).callbacks(period)

    async def abandoned(self, actor: Actor, period: Period) -> list[AbandonedFigures]:
        return await self._reports(actor, period).abandoned(period)

    def _reports(self, actor: Actor, period: Period) -> Reports:
        actor.need(Right.REPORTS_READ)
        if (period.end - period.start) / period.step > MOST_INTERVALS:
            raise Unacceptable(f"a report has at most {MOST_INTERVALS} intervals")
        return Reports(self.store, self.clock(), self.service_levels, self.forgiven)
