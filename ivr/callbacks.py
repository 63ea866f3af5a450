"""The dialler: due callbacks become placeholders in the queues, whose agents then reach the person.

Every second, and on a hint, what PostgreSQL says is claimed is held against what lives on the PBX
and what the PBX noted; whatever differs is put right. A restart, of anything, is no other case.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from config.settings_groups import Callbacks as Policy
from ivr.ami import Ami, AmiError, AmiRefused
from ivr.callback_asking import CallbackAsking
from ivr.callback_channels import CallbackChannels, Placing, on_the_line
from ivr.callback_live import LivePlaceholders
from ivr.callback_order import Waiting, out_of_turn, plan, position
from ivr.callback_policy import whom
from ivr.callback_results import CallbackResults
from ivr.journal import NotKept
from ivr.ports import DeskAway, Hours
from ivr.ports_queue import CallbackDesk, DueCallback, Ranked

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two rounds without a hint."""
LOOK_EVERY = 30.0
"""Seconds after which the PBX is asked what lives there, though no event was missed as far as we
know."""
MOST_HELD = 500
"""Callbacks claimed at once."""
TO_JOIN = 2.0
"""Seconds that a placeholder may take to stand in its queue."""


class Board(Protocol):
    """`ivr.queue_board`, as the dialler uses it."""

    @property
    def sure(self) -> bool:
        """Whether it has looked at the queues since the link came up."""

    def waiting(self, queue: str) -> Sequence[Waiting]:
        """Who waits, in the queue's order."""

    def reachable(self, queue: str) -> int:
        """How many agents are logged in whose phone is there; also those who pause or talk."""


class Backlog(Protocol):
    """`ivr.journal.Journal`: whether facts wait that PostgreSQL does not know yet."""

    @property
    def away(self) -> bool: ...


class Callbacks:
    """All callbacks of one service."""

    def __init__(
        self,
        ami: Ami,
        channels: CallbackChannels,
        board: Board,
        desk: CallbackDesk,
        hours: Hours,
        results: CallbackResults,
        journal: Backlog,
        policy: Policy,
        by: str,
    ) -> None:
        """`by`: the name under which this service claims; the same in each of its lives."""
        self._ami, self._channels, self._board = ami, channels, board
        self._desk, self._hours, self._results = desk, hours, results
        self._journal, self._policy, self._by = journal, policy, by
        self._held: dict[UUID, DueCallback] = {}
        self._wake = asyncio.Event()
        self._looked: float | None = None
        self._cut = ""
        self._asking = CallbackAsking(channels, desk, hours, policy)
        self._live = LivePlaceholders(
            ami, ended=self.hint, asked=self._asked, refused=self._look_soon
        )
        ami.on_up.append(self._came_up)

    def hint(self) -> None:
        """Something may be due or over: look at once."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled. Never ends by an error."""
        while True:
            cut = ""
            try:
                await self._round()
            except (DeskAway, AmiError, NotKept) as away:
                cut = str(away)
            except Exception:
                log.exception("callback.round_failed")
            if cut != self._cut:
                log.info("callback.round_cut" if cut else "callback.rounds_again", reason=cut)
            self._cut = cut
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._wake.wait()

    async def _round(self) -> None:
        self._wake.clear()
        # A result that waits in the spool would make a callback seem undecided that is not.
        if not self._ami.connected or self._journal.away:
            return
        if self._looked is None or asyncio.get_running_loop().time() > self._looked + LOOK_EVERY:
            await self._look()
        closed = self._hours.closing(self._hours.now()) is not None
        await self._take(MOST_HELD if not closed or self._opening() else 0)
        self._live.reading()
        for attempt in await self._results.settle(self._held, self._live):
            del self._held[attempt]
        self._asking.again(self._held, self._live)
        if closed:
            await self._close()
        elif self._board.sure:
            # Before it has looked nobody seems to be logged in, and what stands would be taken out.
            await self._arrange()

    def _opening(self) -> datetime | None:
        """None while the line is closed until somebody opens it again."""
        return self._hours.next_opening(self._hours.now())

    async def _came_up(self) -> None:
        self._look_soon()
        self.hint()

    def _look_soon(self) -> None:
        self._looked = None

    async def _look(self) -> None:
        self._live.find(await self._channels.all())
        self._looked = asyncio.get_running_loop().time()

    async def _take(self, most: int) -> None:
        if (room := most - len(self._held)) > 0:
            await self._desk.claim_due(self._hours.now(), room, self._by)
        self._held = {due.attempt: due for due in await self._desk.claimed(self._by)}

    def _asked(self, attempt: UUID) -> None:
        self._asking.ask(attempt, self._held, self._live)

    async def _close(self) -> None:
        for attempt, due in self._held.items():
            placeholder = self._live.get(attempt)
            if placeholder is None and attempt in self._live:
                continue  # It has just ended, and the next round reads how.
            if placeholder is None and self._opening():
                await self._results.close(due)
            elif placeholder is None:
                # It waits unclaimed, and keeps its place, for the moment somebody opens the line.
                await self._desk.release(due.id, attempt, self._hours.now())
            elif not placeholder.taken:
                await self._withdraw(attempt)

    async def _arrange(self) -> None:
        queues: defaultdict[str, list[DueCallback]] = defaultdict(list)
        for due in await self._callable():
            queues[due.queue].append(due)
        for queue, dues in queues.items():
            await self._arrange_queue(queue, dues)
        for attempt, placeholder in self._live.items():
            if attempt not in self._held and not placeholder.taken:
                await self._withdraw(attempt)

    async def _callable(self) -> list[DueCallback]:
        """Whom an agent may be asked to call now."""
        found = []
        resting = [due for due in self._held.values() if due.attempt not in self._live]
        engaged = on_the_line(await self._channels.all()) if resting else set()
        for due in self._held.values():
            phone = whom(self._policy, due)
            if due.attempt in self._live:
                found.append(due)
            elif phone is None:
                await self._results.forbid(due)
            elif phone not in engaged:
                found.append(due)
        return found

    async def _arrange_queue(self, queue: str, dues: Iterable[DueCallback]) -> None:
        free = {due.attempt: due for due in dues if not self._taken(due.attempt)}
        placed = [attempt for attempt in free if attempt in self._live]
        wanted = plan(free.values(), placed, self._board.reachable(queue))
        waiting = self._board.waiting(queue)
        astray = [one for one in placed if out_of_turn(waiting, self._live[one].queued)]
        for attempt in {*wanted.withdraw, *astray}:
            await self._withdraw(attempt)
        # With those that are put in now: the board learns of them a moment later.
        standing: list[Ranked] = list(waiting)
        for attempt in wanted.place:
            at = position(standing, free[attempt])
            standing.insert(at - 1, free[attempt])
            await self._place(free[attempt], at)

    def _taken(self, attempt: UUID) -> bool:
        """Out of its queue, with an agent or over."""
        placeholder = self._live.get(attempt)
        return placeholder.taken if placeholder else attempt in self._live

    async def _place(self, due: DueCallback, at: int) -> None:
        phone = whom(self._policy, due)
        assert phone is not None, "only what may be dialled is placed"
        refusable = self._policy.refusable and due.id not in self._results.declined
        placeholder = self._live.expect(due.attempt)
        try:
            await self._channels.place(due, Placing(at, phone, refusable))
        except AmiError:
            # It may have been made all the same: look before it is made again.
            self._live.forget(due.attempt)
            self._looked = None
            raise
        log.info("callback.placed", callback=str(due.id), queue=due.queue, position=at)
        try:
            async with asyncio.timeout(TO_JOIN):
                # The next one's place is counted with this one in the queue.
                await placeholder.joined.wait()
        except TimeoutError:
            self._looked = None

    async def _withdraw(self, attempt: UUID) -> None:
        placeholder = self._live.get(attempt)
        if placeholder is None or not placeholder.queued:
            return
        with suppress(AmiRefused):  # It has just ended.
            await self._channels.withdraw(placeholder.queued)
        log.info("callback.withdrawn", attempt=str(attempt))
