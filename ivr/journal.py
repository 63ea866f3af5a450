"""Facts on their way to the desk: in order, in batches, to disk while PostgreSQL is away."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from ivr import metrics
from ivr.facts import Fact
from ivr.ports import DeskAway
from ivr.spool import Spool

log = structlog.get_logger()

BATCH = 500
PATIENCE = 2.0
"""Seconds that a caller may wait for PostgreSQL before the spool is used instead."""
BACKOFF = (0.2, 5.0)
"""Seconds between two tries to reach PostgreSQL again: first and longest."""


class NotKept(Exception):
    """Neither PostgreSQL nor the disk took the facts; they are in memory and tried again."""


class Sink(Protocol):
    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None: ...


class _Waiting:
    __slots__ = ("facts", "kept")

    def __init__(self, facts: Sequence[Fact], kept: "asyncio.Future[None] | None") -> None:
        for fact in facts:
            metrics.count(fact)
        self.facts = [fact.to_json() for fact in facts]
        self.kept = kept

    def settle(self, error: Exception | None) -> None:
        if self.kept and not self.kept.done():
            if error:
                self.kept.set_exception(error)
            else:
                self.kept.set_result(None)


class Journal:
    """The one writer of facts of this service.

    While anything waits in the spool new facts go behind it, so that the order holds; when the
    spool is empty again they go to PostgreSQL directly.
    """

    def __init__(self, desk: Sink, spool: Spool) -> None:
        self._desk = desk
        self._spool = spool
        self.on_fact: list[Callable[[Fact], None]] = []
        """Called with every fact, before it is written."""
        self._queue: list[_Waiting] = []
        self._filled = asyncio.Event()
        self._pause = BACKOFF[0]

    @property
    def depth(self) -> int:
        """Facts that are not in PostgreSQL yet."""
        return self._spool.depth + sum(len(waiting.facts) for waiting in self._queue)

    @property
    def away(self) -> bool:
        """True while PostgreSQL is away or the spool is being replayed."""
        return self._spool.depth > 0

    def tell(self, *facts: Fact) -> None:
        """Write soon; nobody waits for it."""
        self._hear(facts)
        self._queue.append(_Waiting(facts, None))
        self._filled.set()

    async def keep(self, *facts: Fact) -> None:
        """Write, and return when they are safe: committed in PostgreSQL, or synced to disk.

        Raises `NotKept` when neither took them.
        """
        kept = asyncio.get_running_loop().create_future()
        self._hear(facts)
        self._queue.append(_Waiting(facts, kept))
        self._filled.set()
        await kept

    async def drained(self) -> None:
        """Wait until nothing is in memory only."""
        await self.keep()

    async def run(self) -> None:
        """Write until cancelled. Never ends by an error."""
        while True:
            await self._wait()
            await self.flush()

    async def flush(self) -> None:
        """One round: what waits in memory, then a piece of the spool."""
        taken = self._take()
        facts = [fact for waiting in taken for fact in waiting.facts]
        error: Exception | None = None
        if facts and not await self._direct(facts):
            error = await self._to_disk(facts)
        for waiting in taken:
            waiting.settle(error)
        if error:
            self._queue[:0] = taken
            await asyncio.sleep(BACKOFF[0])
        if self._spool.depth:
            await self._replay()

    def _hear(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            for listener in self.on_fact:
                listener(fact)

    async def _wait(self) -> None:
        timeout = self._pause if self._spool.depth else None
        try:
            async with asyncio.timeout(timeout):
                await self._filled.wait()
        except TimeoutError:
            pass

    def _take(self) -> list[_Waiting]:
        taken, self._queue = self._queue[:BATCH], self._queue[BATCH:]
        if not self._queue:
            self._filled.clear()
        return taken

    async def _direct(self, facts: list[dict[str, Any]]) -> bool:
        if self._spool.depth:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._desk.apply(facts)
        except (DeskAway, TimeoutError) as away:
            log.warning("desk.away", reason=str(away), remedy="facts go to the spool meanwhile")
            return False
        return True

    async def _to_disk(self, facts: list[dict[str, Any]]) -> Exception | None:
        try:
            await asyncio.to_thread(self._spool.append, facts)
        except OSError as error:
            log.error("spool.refused", reason=str(error), facts=len(facts), remedy="free the disk")
            return NotKept(str(error))
        return None

    async def _replay(self) -> None:
        segment = self._spool.oldest()
        if segment is None:
            return
        path, facts = segment
        try:
            for start in range(0, len(facts), BATCH):
                await self._desk.apply(facts[start : start + BATCH])
        except DeskAway:
            self._pause = min(self._pause * 2, BACKOFF[1])
            return
        self._spool.done(path)
        self._pause = BACKOFF[0]
        log.info("spool.replayed", facts=len(facts), left=self._spool.depth)
