"""The ministry's month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.calendar import WIB
from tickets.month import Month, MonthOf, Months
from tickets.rights import Actor, Right
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class MonthReports:
    store: Store
    clock: Callable[[], datetime]

    async def read(self, actor: Actor, month: MonthOf) -> Month:
        """Raises NotAllowed, StoreAway."""
        actor.need(Right.REPORTS_READ)
        return await Months(self.store, self.clock()).read(month)

    def this_month(self) -> MonthOf:
        return MonthOf.of(self.clock().astimezone(WIB).date())
