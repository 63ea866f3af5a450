"""The next trainings, and what became of a sign-up: the desk's word, or none."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from ivr.ports import Desk, DeskAway, Training

ASKING = 1.0
"""Seconds that a caller may wait for the desk's word."""
MOST = 12
"""Sessions that a caller can be told, a few at once."""


class TrainingBook:
    """While the desk is away the sessions that it told last are told; how many seats are left is
    not known then, and nobody is promised one."""

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        self._desk, self._now = desk, now
        self._known: Sequence[Training] | None = None

    async def upcoming(self) -> Sequence[Training] | None:
        """Those that have not begun yet; None when the desk has never told any."""
        try:
            async with asyncio.timeout(ASKING):
                self._known = await self._desk.trainings(self._now(), MOST)
        except (DeskAway, TimeoutError):
            pass
        if self._known is None:
            return None
        return [one for one in self._known if one.starts > self._now()]

    async def place(self, training: UUID, phone: str) -> str | None:
        """`seated` or `waiting`; None when nobody can say it now."""
        try:
            async with asyncio.timeout(ASKING):
                return await self._desk.training_place(training, phone)
        except (DeskAway, TimeoutError):
            return None
