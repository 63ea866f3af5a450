"""The loops behind the door: one sorts, some work, one fetches. None ever ends by an error."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from tickets.queries import SQL
from tickets.rounds import went_on
from tickets.whatsapp.inbox import Inbox
from tickets.whatsapp.media import MediaRoom
from tickets.whatsapp.work import NotWorked, Workshop

log = structlog.get_logger()

IDLE = 1.0
"""Seconds between two looks when nobody calls."""
KEPT = timedelta(days=8)
"""WhatsApp repeats itself for seven days."""
_HOUR = 3600.0
_REST = 30.0
"""Seconds until an account whose messages could not be worked is tried again."""


@dataclass
class Worker:
    """Run it with `run`; several desks may run one each."""

    inbox: Inbox
    workshop: Workshop
    media: MediaRoom
    workers: int = 3
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _sorted: list[asyncio.Event] = field(default_factory=list)
    """One for each that works on what is sorted: none takes the call away from another."""
    _worked: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: dict[UUID, float] = field(default_factory=dict)

    def wake(self) -> None:
        """Something has come."""
        self._came.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._loop(self._came, self._sort))
            self._sorted = [asyncio.Event() for _ in range(self.workers + 1)]
            for called in self._sorted[1:]:
                group.create_task(self._loop(called, self._work))
            group.create_task(self._loop(self._sorted[0], self._join))
            group.create_task(self._loop(self._worked, self.media.fetch_one))
            group.create_task(self._forget_hourly())

    async def _sort(self) -> bool:
        some = await self.inbox.sort() > 0
        for one in self._sorted if some else ():
            one.set()
        return some

    async def _join(self) -> bool:
        some = await self.workshop.join() > 0
        if some:
            self._worked.set()
        return some

    async def _work(self) -> bool:
        now = time.monotonic()
        self._failed = {who: since for who, since in self._failed.items() if now - since < _REST}
        try:
            account = await self.workshop.work_one(list(self._failed))
        except NotWorked as error:
            # Somebody was merged at this moment, or worse; the others go on meanwhile.
            self._failed[error.account] = now
            log.warning("whatsapp.not_worked", reason=type(error.__cause__).__name__)
            return True
        if account:
            self._worked.set()
        return account is not None

    async def _loop(self, called: asyncio.Event, once: Callable[[], Awaitable[bool]]) -> None:
        while True:
            called.clear()
            if not await went_on("whatsapp", once):
                # Not `wait_for`: in 3.11 that swallows being ended at the moment it is called.
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE):
                        await called.wait()

    async def _forget(self) -> None:
        async with self.inbox.store.connection() as connection:
            await connection.execute(SQL["forget_whatsapp_webhooks"], KEPT)

    async def _forget_hourly(self) -> None:
        while True:
            await went_on("whatsapp", self._forget)
            await asyncio.sleep(_HOUR)
