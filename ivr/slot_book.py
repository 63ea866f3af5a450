"""Which times may be promised now: the calendar's, less what is booked, less what is on its way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from config.calendar import Calendar
from config.settings_groups import Slots
from config.slots import SlotRules, free_slots, horizon
from ivr.ports import DeskAway

ASKING = 1.0
"""Seconds that a caller may wait for the desk's word; then what was known last must do."""


class Bookings(Protocol):
    """What is promised already. Raises `DeskAway`."""

    async def booked(self, first: datetime, last: datetime) -> Mapping[datetime, int]:
        """How many live callbacks of the type `slot` are promised for each time from `first` up to,
        but not at, `last`."""


@dataclass(slots=True, eq=False)
class _Hold:
    """A place that this service has promised, or is about to."""

    start: datetime
    kept: bool = False
    """The promise is in PostgreSQL or on the disk."""


class SlotBook:
    """The slots of an installation.

    A place is held from the moment a caller presses its key until PostgreSQL counts it, so the
    callers of one service never get more places than there are. Beyond that a slot may come to be
    overbooked, by few: while PostgreSQL is away what others book is not seen, and of two services
    each may give the last place at the same moment. Everybody is called all the same.
    """

    def __init__(
        self,
        bookings: Bookings,
        calendar: Callable[[], Calendar],
        policy: Slots,
        now: Callable[[], datetime],
        spooling: Callable[[], bool],
    ) -> None:
        """`spooling` tells whether promises wait on the disk that PostgreSQL does not know."""
        self._bookings, self._calendar = bookings, calendar
        self._rules, self._offered = SlotRules.of(policy), policy.offered
        self._now, self._spooling = now, spooling
        self._known: Mapping[datetime, int] = {}
        """What the desk said last."""
        self._holds: list[_Hold] = []
        """What is not in `_known`."""
        self._turn = asyncio.Lock()

    async def free(
        self, after: datetime | None = None, besides: datetime | None = None
    ) -> list[datetime]:
        """The next beginnings with room, later than `after` and without `besides`, in WIB."""
        taken = await self._taken()
        found = free_slots(
            self._calendar(), self._rules, self._now(), taken, self._offered + 1, after
        )
        return [start for start in found if start != besides][: self._offered]

    @asynccontextmanager
    async def held(self, start: datetime) -> AsyncIterator[bool]:
        """A place in a slot, for the promise that is kept meanwhile; False when it is not free."""
        taken = await self._taken()
        # Nothing is awaited from here to the hold: two callers cannot both see the last place.
        if not self._fits(start, taken):
            yield False
            return
        hold = _Hold(start)
        self._holds.append(hold)
        try:
            yield True
        except BaseException:
            self._holds.remove(hold)
            raise
        hold.kept = True

    def _fits(self, start: datetime, taken: Mapping[datetime, int]) -> bool:
        """Still open, still with room. Whoever took their time to choose needs no notice."""
        rules = replace(self._rules, notice=timedelta(0))
        before = start - timedelta.resolution
        return free_slots(self._calendar(), rules, self._now(), taken, 1, before) == [start]

    async def _taken(self) -> Mapping[datetime, int]:
        try:
            # The wait for one's turn counts: a desk that hangs keeps nobody waiting any longer.
            async with asyncio.timeout(ASKING), self._turn:
                await self._ask()
        except (DeskAway, TimeoutError):
            pass
        return Counter(self._known) + Counter(hold.start for hold in self._holds)

    async def _ask(self) -> None:
        # What was kept before the desk is asked is in its answer, unless it waits on the disk.
        counted = set() if self._spooling() else {hold for hold in self._holds if hold.kept}
        self._known = await self._bookings.booked(*horizon(self._now()))
        self._holds = [hold for hold in self._holds if hold not in counted]
