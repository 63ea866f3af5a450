"""The step in which a caller waits for an agent: put in, taken out, led on."""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.queues import Queue as Rules
from ivr import queue_door, queue_ends
from ivr.conversation import Conversation
from ivr.flow import Queue
from ivr.ids import new_id
from ivr.ports_queue import QueueExit
from ivr.routing import Leg, Route
from ivr.session import Outcome

SHORTEST = 5
"""Seconds: who is put into a queue stays for so long at least."""


async def stand(talk: Conversation, step: Queue) -> str:
    """Lead a caller through the queues of their way; the name of the next step."""
    if talk.session.outcome is Outcome.AGENT and not talk.session.entry:
        return ""  # Taken up again after their talk: they are owed nothing more.
    talk.session.requesting = True
    if not talk.session.entry and queue_ends.closed(talk):
        return await queue_ends.sent_home(talk, step)
    wait = await _Wait.begun(talk, step)
    while True:
        goes = await wait.leave() if wait.exit else None
        if goes is not None:
            return goes
        goes = await wait.enter()
        if goes is not None:
            return goes


@dataclass(slots=True)
class _Wait:
    """One wait for an agent, through one queue after the other."""

    talk: Conversation
    step: Queue
    way: Route
    ahead: deque[Leg]
    """The queues that are still to be tried."""
    leg: Leg | None = None
    """The one the caller stands in, or stood in last."""
    exit: QueueExit | None = None
    """How the caller left it."""

    @classmethod
    async def begun(cls, talk: Conversation, step: Queue) -> "_Wait":
        """A new wait, or one that goes on though our earlier life ended."""
        session = talk.session
        exit_ = await queue_ends.heard_out(talk, talk.line.left_queue()) if session.entry else None
        way = await queue_door.way(talk, step)
        wait = cls(talk, step, way, deque(way.legs), exit=exit_)
        if exit_:
            wait._go_on(session.queue)
        else:
            session.since, session.priority = _now(talk), way.priority
        return wait

    def _go_on(self, queue: str) -> None:
        """Behind the queue that the caller stands in; an agent's or a moved one's may be none of
        the way as it is now."""
        names = [leg.queue for leg in self.ahead]
        if queue in names:
            for _ in range(names.index(queue) + 1):
                self.leg = self.ahead.popleft()
        else:
            self.leg = Leg(queue, self._left(), self._rules(queue), sticky=True)

    async def enter(self) -> str | None:
        """Into the next queue; the next step when there is none."""
        talk, session = self.talk, self.talk.session
        leg = await self._staffed()
        if leg is None or self._left() < SHORTEST:
            talk.note("unanswered")
            return self.step.otherwise
        if self.leg is None:
            await talk.say(*queue_door.told(talk, leg))
        self.leg, session.queue, session.entry = leg, leg.queue, new_id()
        talk.note("queued", leg.queue)
        self.exit = await queue_ends.heard_out(talk, await self._stand_in(leg))
        return None

    async def _stand_in(self, leg: Leg) -> "asyncio.Task[QueueExit]":
        """Into the queue; the stay that has begun."""
        talk, board = self.talk, self.talk.world.queues.board
        async with board.door(leg.queue):
            place = queue_door.place(talk, leg, min(leg.wait, self._left()))
            call = talk.session.call
            board.expect(place.entry, call, place.queue, place.since, place.priority)
            stay = asyncio.create_task(talk.line.enqueue(place))
            seen = asyncio.create_task(board.joined(place.entry))
            # Not let in, or gone already: the stay ends at once.
            await asyncio.wait({stay, seen}, return_when=asyncio.FIRST_COMPLETED)
            seen.cancel()
        return stay

    async def _staffed(self) -> Leg | None:
        """The next queue in which somebody could answer."""
        while self.ahead:
            leg = self.ahead.popleft()
            if leg.sticky or await self.talk.line.staffed(leg.queue):
                return leg
            self.talk.note("unstaffed", leg.queue)
            if leg.rules.nobody == "callback":
                return None
        return None

    async def leave(self) -> str | None:
        """What an exit means; None to go on to the next queue."""
        exit_, self.exit = self.exit, None
        assert exit_
        assert self.leg
        match exit_.how:
            case "served":
                return await queue_ends.served(self.talk)
            case "callback" | "menu":
                return self._keyed(exit_.how)
            case "withdrawn":
                return await self._withdrawn(exit_.info)
            case how:
                return await self._unanswered(how)

    def _keyed(self, wish: str) -> str:
        session = self.talk.session
        self._out("key")
        if wish == "callback":
            self.talk.note("key", "1")
            return self.step.callback
        # Of their own will they wait no more, and asked for nothing.
        session.requesting, session.since = False, None
        self.talk.note("key", "*")
        return self.step.menu

    async def _withdrawn(self, info: str) -> str | None:
        did, _, queue = info.partition(":")
        if did not in ("move", "take") or not queue:
            self._out("closed")
            return await queue_ends.sent_home(self.talk, self.step)
        assert self.leg
        self._out("taken" if did == "take" else "moved")
        if did == "take":
            self.ahead.appendleft(self.leg)
            seconds = self.talk.world.queues.policy.sticky_seconds
        else:
            self.ahead.clear()
            seconds = self._left()
        self.ahead.appendleft(Leg(queue, seconds, self._rules(queue), sticky=True))
        return None

    async def _unanswered(self, how: str) -> str | None:
        assert self.leg
        # Who was not let in has not left either.
        told = {"timeout": "timeout", "empty": "empty"}.get(how)
        if queue_ends.closed(self.talk):
            self._out("closed" if told else None)
            return await queue_ends.sent_home(self.talk, self.step)
        goes_on = self.leg.sticky or how == "timeout" or self.leg.rules.nobody == "overflow"
        if self.ahead and goes_on:
            self._out("moved" if told else None)
            return None
        self._out(told)
        self.talk.note("unanswered", how)
        return self.step.otherwise

    def _out(self, how: str | None) -> None:
        session = self.talk.session
        if session.entry and how:
            self.talk.world.queues.board.left(session.entry, session.call, how)
        session.entry = None

    def _left(self) -> int:
        """Seconds that the caller may still wait."""
        session = self.talk.session
        assert session.since
        waited = self.talk.world.hours.now() - session.since
        return self.way.left - int(waited / timedelta(seconds=1))

    def _rules(self, queue: str) -> Rules:
        queues = self.talk.world.queues.queues()
        return queues[queues.named(queue) or queues.default]


def _now(talk: Conversation) -> datetime:
    """To the millisecond, as the channel keeps it."""
    now = talk.world.hours.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
