"""May this person be dialled now? Asked when an agent has heard who it is, and waits."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import structlog

from config.settings_groups import Callbacks as Policy
from ivr.ami import AmiError
from ivr.callback_channels import ASKING, CallbackChannels, on_the_line
from ivr.callback_live import DIALLING, LivePlaceholders
from ivr.callback_policy import whom
from ivr.ports import DeskAway, Hours
from ivr.ports_queue import CallbackDesk, DueCallback

log = structlog.get_logger()

Held = Mapping[UUID, DueCallback]


class CallbackAsking:
    """One answer an attempt, as quickly as it can be given."""

    def __init__(
        self, channels: CallbackChannels, desk: CallbackDesk, hours: Hours, policy: Policy
    ) -> None:
        self._channels, self._desk, self._hours, self._policy = channels, desk, hours, policy
        self._open: set[UUID] = set()
        self._work: dict[UUID, asyncio.Task[None]] = {}
        # One after the other, or two callbacks to one phone would not see each other.
        self._turn = asyncio.Lock()

    def ask(self, attempt: UUID, held: Held, live: LivePlaceholders) -> None:
        """Answer now; if it is not known whose attempt it is, in the next round."""
        self._open.add(attempt)
        if attempt in held:
            self._start(attempt, held, live)

    def again(self, held: Held, live: LivePlaceholders) -> None:
        """Answer those that could not be answered before; `held` is what we hold now."""
        self._open = {attempt for attempt in self._open if attempt in live}
        for attempt in self._open:
            self._start(attempt, held, live)

    def _start(self, attempt: UUID, held: Held, live: LivePlaceholders) -> None:
        if attempt not in self._work:
            task = asyncio.create_task(self._answer(attempt, held, live))
            self._work[attempt] = task
            task.add_done_callback(lambda _: self._work.pop(attempt))

    async def _answer(self, attempt: UUID, held: Held, live: LivePlaceholders) -> None:
        try:
            async with self._turn:
                where = await self._lead(attempt, held, live)
            log.info("callback.answered", attempt=str(attempt), answer=where)
            self._open.discard(attempt)
        except (DeskAway, AmiError) as away:
            # The PBX waits some seconds more, and the next round tries again.
            log.info("callback.unanswered", attempt=str(attempt), reason=str(away))
        except Exception:
            log.exception("callback.asking_failed", attempt=str(attempt))

    async def _lead(self, attempt: UUID, held: Held, live: LivePlaceholders) -> str:
        """Send the half that talks with the agent on; where to."""
        placeholder = live.get(attempt)
        if placeholder and placeholder.led and not await self._asks(placeholder.talking):
            # The PBX's word was lost and ours was not: sent again it would cut off who talks.
            return placeholder.led
        where = await self._decided(held.get(attempt), held, live)
        if placeholder := live.get(attempt):
            placeholder.led = where
            await self._channels.lead(placeholder.talking, where)
        return where

    async def _asks(self, channel: str) -> bool:
        return any(
            (event.get("Channel"), event.get("Exten")) == (channel, ASKING)
            for event in await self._channels.all()
        )

    async def _decided(self, due: DueCallback | None, held: Held, live: LivePlaceholders) -> str:
        if due is None:
            return "withdrawn"
        if self._hours.closing(self._hours.now()):
            return "closed"
        if not due.dialling and await self._engaged(due, held, live):
            return "engaged"
        return DIALLING if await self._desk.mark_dialling(due.id, due.attempt) else "withdrawn"

    async def _engaged(self, due: DueCallback, held: Held, live: LivePlaceholders) -> bool:
        phone = whom(self._policy, due)
        others = {
            whom(self._policy, other)
            for attempt, other in held.items()
            if attempt != due.attempt and (on := live.get(attempt)) and on.dialled
        }
        return phone in others or phone in on_the_line(await self._channels.all())
