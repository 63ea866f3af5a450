"""What happens to an agent's state by itself: the rest after a talk, and a phone that is away."""

import asyncio
import time

import structlog

from config.queues import Queues
from ivr.agent_errors import AgentError, Unconfirmed
from ivr.ami import Ami, AmiError, Event
from ivr.members import AWAY, DEVICE_LOST, READY, UNKNOWN, WRAP_UP, Member, member
from ivr.presence import Presence

log = structlog.get_logger()


class AgentCare:
    """Watches the queues' events for as long as the link lives; needs nobody to call it."""

    def __init__(self, ami: Ami, presence: Presence) -> None:
        self._presence = presence
        self._ends: dict[str, float] = {}
        """When the rest after a talk is over, on the loop's clock."""
        self._alarms: dict[str, asyncio.TimerHandle] = {}
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._expected: dict[str, set[str]] = {}
        """The reasons of pauses that work may meet: what there was, and what it makes of it."""
        self._meanwhile: dict[str, str] = {}
        """Pauses that somebody else made while we were at work: ours must not take their place."""
        ami.on_event("AgentComplete", self._talk_ended)
        presence.on_change.append(self._look)

    def _talk_ended(self, event: Event) -> None:
        one = member(event)
        if one is None or one.extension in self._at_work:
            return
        seconds = self._seconds([one.queue])
        if seconds and self._presence.state(one.extension) == READY:
            self._ends[one.extension] = asyncio.get_running_loop().time() + seconds
            self._start(one.extension, WRAP_UP)

    def _look(self, extension: str) -> None:
        if extension in self._at_work:  # It looks again when it is done.
            if others := self._reasons(extension) - self._expected[extension]:
                self._meanwhile[extension] = others.pop()
            return
        due = self._due(extension)
        if due is not None:
            self._start(extension, due)

    def _due(self, extension: str) -> str | None:
        """The pause that must be now, "" for none; None when all is well."""
        members = list(self._presence.members.of(extension).values())
        reasons = self._reasons(extension)
        devices = {one.device for one in members}
        if members and not reasons and devices <= AWAY:
            return DEVICE_LOST
        if reasons == {DEVICE_LOST} and not devices & {*AWAY, UNKNOWN}:
            return ""
        if reasons == {WRAP_UP}:
            return self._rest(extension, members)
        self._ends.pop(extension, None)
        return None

    def _rest(self, extension: str, members: list[Member]) -> str | None:
        """End the rest after a talk when it is over; else look again then."""
        loop = asyncio.get_running_loop()
        # After a restart of ours the PBX alone knows since when; after one of its own, nobody.
        end = self._ends.setdefault(extension, loop.time() + self._left(members))
        if loop.time() >= end:
            return ""
        if alarm := self._alarms.get(extension):
            alarm.cancel()
        self._alarms[extension] = loop.call_at(end, self._look, extension)
        return None

    def _left(self, members: list[Member]) -> float:
        since = max(one.last_pause for one in members)
        whole = self._seconds([one.queue for one in members])
        return min(whole, max(0.0, since + whole - time.time())) if since else 0.0

    def _seconds(self, names: list[str]) -> int:
        """The longest rest after a talk of these queues; an agent's own is as the usual one."""
        queues: Queues = self._presence.queues
        return max(queues[queues.named(name) or queues.default].wrap_up for name in names)

    def _reasons(self, extension: str) -> set[str]:
        """Why the agent is paused, in whichever queue; nothing when in none."""
        members = self._presence.members.of(extension).values()
        return {one.reason for one in members if one.paused}

    def _start(self, extension: str, reason: str) -> None:
        self._expected[extension] = {*self._reasons(extension), reason}
        task = asyncio.create_task(self._set(extension, reason))
        self._at_work[extension] = task
        task.add_done_callback(lambda done: self._done(extension, done))

    async def _set(self, extension: str, reason: str) -> None:
        await self._presence.set_paused(extension, reason, "pbx")

    def _done(self, extension: str, task: "asyncio.Task[None]") -> None:
        del self._at_work[extension]
        theirs = self._meanwhile.pop(extension, None)
        if task.cancelled():
            return
        error = task.exception()
        if theirs and isinstance(error, Unconfirmed | None):
            self._start(extension, theirs)
        elif isinstance(error, Unconfirmed):
            self._look(extension)
        elif isinstance(error, AmiError | AgentError):
            # They logged out meanwhile, or the link is down: its next login lists all anew.
            log.info("agent.left_as_is", agent=extension, reason=str(error))
        elif error:
            log.error("agent.care_failed", agent=extension, exc_info=error)
        else:
            self._look(extension)
