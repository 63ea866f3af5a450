"""The live view of the queues: who waits, who talks, how long serving takes; told as facts.

Fed by the PBX's events, one after the other in one task, and held against what the PBX has after
each login. Which event means what was measured: docs/decisions/0011-the-queue-step.md.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from ivr import stays
from ivr.ami import Ami, AmiError, AmiRefused, Event
from ivr.callback_channels import half
from ivr.facts import Fact
from ivr.ids import call_id
from ivr.members import AWAY, UNKNOWN, Member, Members
from ivr.seen import VARIABLES, Talk, Waiting, found, variables
from ivr.service_times import ServiceTimes, expected_minutes

log = structlog.get_logger()

NOT_IN_USE = 1
TO_JOIN = 1.0
"""Seconds from being sent to a queue to standing in it."""
AGAIN = 1.0
"""Seconds until the queues are looked at again when the PBX did not answer."""
REMEMBERED = 5_000
"""Answered stays: far more than calls that go on at once."""
_EVENTS = (
    "QueueCallerJoin",
    "QueueCallerLeave",
    "AgentConnect",
    "AgentComplete",
    "AgentRingNoAnswer",
    "Hangup",
)
_WHY = {"17": "rejected", "21": "rejected"} | dict.fromkeys(
    ("3", "18", "20", "27", "34", "38", "41", "42", "44"), "unreachable"
)
"""By the cause (Q.850) with which the agent's channel ends; the PBX itself gives up with others."""
_ENDED_BY = {"agent": "agent", "caller": "caller", "transfer": "transfer"}


class QueueBoard:
    """Run it with `run`; everything it says is as of the last event that was looked at."""

    def __init__(
        self,
        ami: Ami,
        members: Members,
        tell: Callable[[Fact], None],
        now: Callable[[], datetime],
        pbx: str,
    ) -> None:
        self._ami, self._members, self._tell, self._now, self._pbx = ami, members, tell, now, pbx
        self.times = ServiceTimes()
        self._sure = False
        self.uncertain_since: datetime | None = None
        """Since when nobody watches; None while the link is up."""
        self._queues: dict[str, list[Waiting]] = {}
        self._leaving: dict[str, Waiting] = {}
        """By unique id: out of the queue, and not yet known how."""
        self._talks: dict[str, Talk] = {}
        self._spoke: dict[UUID, str] = {}
        """The agents of the last answered stays."""
        self._came_back: set[UUID] = set()
        """Stays whose talk was ended by the agent, until the PBX tells of the end."""
        self._misses: dict[str, Callable[[str], Fact]] = {}
        """By the unique id of an agent's channel that rang in vain: the fact without its reason."""
        self._expected: dict[UUID, stays.Stay] = {}
        """By call: those who are on their way in."""
        self._doors: dict[str, asyncio.Lock] = {}
        self._coming: dict[UUID, asyncio.Event] = {}
        self._work: asyncio.Queue[Event | None] = asyncio.Queue()
        for name in _EVENTS:
            ami.on_event(name, self._work.put_nowait)
        ami.on_up.append(self._came_up)
        ami.on_down.append(self._went_down)

    # What is asked.

    @property
    def sure(self) -> bool:
        """Whether it has looked since the link came up; before, queues seem empty that are not."""
        return self._sure

    def waiting(self, queue: str) -> Sequence[Waiting]:
        """Who waits, in the queue's order."""
        return tuple(self._queues.get(queue, ()))

    def everyone(self) -> list[Waiting]:
        """All who wait anywhere, who is served first before the others."""
        all_of_them = (one for queue in self._queues.values() for one in queue)
        return sorted(all_of_them, key=lambda one: (-one.priority, one.since, one.uniqueid))

    def talks(self) -> Sequence[Talk]:
        return tuple(self._talks.values())

    def talk(self, entry: UUID) -> Talk | None:
        return next((talk for talk in self._talks.values() if talk.stay.entry == entry), None)

    def agent_of(self, entry: UUID) -> str | None:
        """Who answered this stay; None when nobody did."""
        return self._spoke.get(entry)

    def reachable(self, queue: str) -> int:
        """How many agents are logged in whose phone is there; also those who pause or talk."""
        return sum(_reachable(one) for one in self._of(queue))

    def serving(self, queue: str) -> int:
        """How many of these do not pause."""
        return sum(_reachable(one) and not one.paused for one in self._of(queue))

    def free(self, queue: str) -> int:
        """How many of these would be rung now."""
        return sum(not one.paused and one.device == NOT_IN_USE for one in self._of(queue))

    def expected_minutes(self, queue: str, position: int, wrap_up: int) -> int | None:
        """The wait at a place of a queue; None when no honest number can be told."""
        recent = self.times.recent(queue, self._now())
        return expected_minutes(recent, wrap_up, position, self.serving(queue))

    def door(self, queue: str) -> asyncio.Lock:
        """Held by whoever goes in, so that their place is counted with all who went before."""
        return self._doors.setdefault(queue, asyncio.Lock())

    def expect(self, entry: UUID, call: UUID, queue: str, since: datetime, priority: int) -> None:
        """A caller is about to be put in. Of one who is gone before we could ask the PBX about
        them, answered or not, nothing else would be known."""
        self._expected[call] = stays.Stay(entry, call, None, queue, since, priority, ours=True)
        if len(self._expected) > REMEMBERED:
            del self._expected[next(iter(self._expected))]

    async def joined(self, entry: UUID) -> None:
        """Wait until this stay is seen in its queue, or for as long as that may take."""
        came = self._coming.setdefault(entry, asyncio.Event())
        try:
            async with asyncio.timeout(TO_JOIN):
                await came.wait()
        except TimeoutError:
            log.warning("queues.not_joined", entry=str(entry))
        finally:
            del self._coming[entry]

    async def caught_up(self) -> None:
        """Wait until every event that has come so far was looked at."""
        await self._work.join()

    def came_back(self, entry: UUID) -> None:
        """A caller is on the line after their talk: it was the agent who hung up.

        The PBX decides by whose channel ends first, and ours may end before the agent's does."""
        if self.talk(entry):
            self._came_back.add(entry)

    def left(self, entry: UUID, call: UUID, how: str) -> None:
        """The service knows how a stay ended: the caller came back to it."""
        self._leaving = {key: one for key, one in self._leaving.items() if one.entry != entry}
        self._tell(stays.left(entry, call, how, self._now()))

    # How it is kept.

    async def run(self) -> None:
        """Look at the events, one by one, until cancelled. Never ends by an error."""
        while True:
            event = await self._work.get()
            try:
                await (self._look(event) if event else self.reconcile())
            except AmiError as error:
                log.info("queues.unseen", reason=str(error))
                # Whom it told of is on no list: look at all of them.
                if self._ami.connected:
                    asyncio.get_running_loop().call_later(AGAIN, self._work.put_nowait, None)
            except Exception:
                log.exception("queues.event_failed", named=event.name if event else "reconcile")
            finally:
                self._work.task_done()

    async def reconcile(self) -> None:
        """Take what the PBX has now for the truth. Raises `AmiError`."""
        listed = await self._ami.collect("QueueStatus", "QueueStatusComplete")
        channels = await self._ami.collect("Status", "StatusComplete", Variables=VARIABLES)
        told = {event.get("Uniqueid"): event for event in channels}
        entries = [event for event in listed if event.name == "QueueEntry"]
        self._put_right(entries, told)
        self._find_talks({entry.get("Uniqueid") for entry in entries}, told)
        for uniqueid in {*self._leaving, *self._talks} - set(told):
            self._gone(uniqueid, "lost")
        for uniqueid in {*self._talks} - {one for one, event in told.items() if _talks(event)}:
            self._gone(uniqueid, "lost")
        if self.uncertain_since:
            log.info("queues.seen_again", since=self.uncertain_since.isoformat())
        self.uncertain_since, self._sure = None, True

    def _put_right(self, entries: Iterable[Event], told: Mapping[str, Event]) -> None:
        known = {one.uniqueid: one for queue in self._queues.values() for one in queue}
        self._queues = {}
        for event in sorted(entries, key=lambda event: int(event.get("Position"))):
            uniqueid = event.get("Uniqueid")
            one = known.pop(uniqueid, None)
            if one is None or one.stay.queue != event.get("Queue"):
                joined = self._now() - timedelta(seconds=int(event.get("Wait") or 0))
                one = found(self._pbx, event, told.get(uniqueid), joined, certain=False)
                self._told_joined(one)
            self._queues.setdefault(one.stay.queue, []).append(one)
        self._leaving.update(known)

    def _find_talks(self, waiting: set[str], told: Mapping[str, Event]) -> None:
        for uniqueid, event in told.items():
            values = variables(event)
            if not _talks(event) or uniqueid in waiting or uniqueid in self._talks:
                continue
            if (agent := values.get("MEMBERNAME")) and "IVR_ENTRY_ID" in values:
                stay = self._leaving.pop(uniqueid, None) or found(
                    self._pbx, event, event, self._now()
                )
                self._begun(stay, agent, float(values.get("QEHOLDTIME", 0)), 0.0)

    async def _look(self, event: Event) -> None:
        match event.name:
            case "QueueCallerJoin":
                await self._join(event)
            case "QueueCallerLeave":
                self._leave(event.get("Queue"), event.get("Uniqueid"))
            case "AgentRingNoAnswer":
                self._missed(event)
            case "AgentConnect":
                self._answered(event)
            case "AgentComplete":
                self._completed(event)
            case "Hangup":
                self._hung_up(event.get("Uniqueid"), event.get("Cause"))

    async def _join(self, event: Event) -> None:
        queue, uniqueid = event.get("Queue"), event.get("Uniqueid")
        if any(one.uniqueid == uniqueid for one in self._queues.get(queue, ())):
            return  # Found already, by looking.
        if one := self._awaited(event) or await self._stranger(event):
            self._queues.setdefault(queue, []).insert(one.position - 1, one)
            self._told_joined(one)

    def _awaited(self, event: Event) -> Waiting | None:
        uniqueid = event.get("Uniqueid")
        stay = self._expected.pop(call_id(self._pbx, uniqueid), None)
        if stay is None or stay.queue != event.get("Queue"):
            return None
        position = int(event.get("Position"))
        return Waiting(stay, event.get("Channel"), uniqueid, position, self._now())

    async def _stranger(self, event: Event) -> Waiting | None:
        """A placeholder, or somebody whom another program or an earlier life of ours put in."""
        try:
            told = await self._ami.collect(
                "Status", "StatusComplete", Channel=event.get("Channel"), Variables=VARIABLES
            )
        except AmiRefused:
            return None  # Gone again.
        return found(self._pbx, event, told[0] if told else None, self._now())

    def _leave(self, queue: str, uniqueid: str) -> None:
        for one in self.waiting(queue):
            if one.uniqueid == uniqueid:
                self._queues[queue].remove(one)
                self._leaving[uniqueid] = one

    def _missed(self, event: Event) -> None:
        uniqueid, agent = event.get("Uniqueid"), event.get("MemberName")
        for one in self.waiting(event.get("Queue")):
            if one.uniqueid == uniqueid and one.stay.ours:
                rang = float(event.get("RingTime") or 0) / 1000
                self._misses[event.get("DestUniqueid")] = partial(
                    stays.ring_missed, one.stay, agent, rang, at=self._now()
                )

    def _answered(self, event: Event) -> None:
        self._leave(event.get("Queue"), event.get("Uniqueid"))
        if one := self._leaving.pop(event.get("Uniqueid"), None):
            waited, rang = float(event.get("HoldTime")), float(event.get("RingTime"))
            self._begun(one, event.get("MemberName"), waited, rang)

    def _begun(self, one: Waiting, agent: str, waited: float, rang: float) -> None:
        now = self._now()
        self._talks[one.uniqueid] = Talk(one.stay, one.uniqueid, agent, now)
        self._spoke[one.entry] = agent
        if len(self._spoke) > REMEMBERED:
            del self._spoke[next(iter(self._spoke))]
        if one.stay.ours:
            for fact in stays.answered(one.entry, one.stay.call, agent, waited, rang, now):
                self._tell(fact)

    def _completed(self, event: Event) -> None:
        # Of a caller who hung up the event names the agent alone.
        agent, queue = event.get("MemberName"), event.get("Queue")
        mine = [
            talk for talk in self._talks.values() if (talk.agent, talk.stay.queue) == (agent, queue)
        ]
        for talk in mine:
            talked = float(event.get("TalkTime") or 0)
            self.times.note(queue, talked, self._now())
            by = "agent" if talk.stay.entry in self._came_back else event.get("Reason")
            self._end(talk, talked, _ENDED_BY.get(by, "unknown"))

    def _end(self, talk: Talk, talked: float, ended_by: str) -> None:
        self._talks.pop(talk.uniqueid, None)
        stay = talk.stay
        self._came_back.discard(stay.entry)
        if stay.ours:
            ended = (stay.entry, stay.call, talk.agent, talked, ended_by, self._now())
            self._tell(stays.talk_ended(*ended))

    def _hung_up(self, uniqueid: str, cause: str) -> None:
        if miss := self._misses.pop(uniqueid, None):
            self._tell(miss(_WHY.get(cause, "no_answer")))
        if uniqueid in self._leaving:
            # A placeholder is only ever hung up by the dialler, which puts it in again.
            self._gone(uniqueid, "moved" if half(uniqueid) else "abandoned")

    def _gone(self, uniqueid: str, how: str) -> None:
        """The channel is no more: it waited to the end, or its talk is over."""
        one = self._leaving.pop(uniqueid, None)
        if one and one.stay.ours:
            self._tell(stays.left(one.entry, one.stay.call, how, self._now()))
        if talk := self._talks.get(uniqueid):
            self._end(talk, (self._now() - talk.began).total_seconds(), "unknown")

    def _told_joined(self, one: Waiting) -> None:
        if came := self._coming.get(one.entry):
            came.set()
        if one.stay.ours:
            self._tell(stays.joined(one.stay, one.position, one.joined))

    def _of(self, queue: str) -> list[Member]:
        members = (self._members.of(extension).get(queue) for extension in self._members)
        return [one for one in members if one]

    async def _came_up(self) -> None:
        self._work.put_nowait(None)

    def _went_down(self) -> None:
        self.uncertain_since, self._sure = self._now(), False


def _reachable(one: Member) -> bool:
    return one.device not in AWAY and one.device != UNKNOWN


def _talks(event: Event) -> bool:
    """Whether `Status` tells of a caller with an agent."""
    return event.get("Application") == "Queue" and event.get("BridgeID") != ""
