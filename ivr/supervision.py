"""What only supervisors may: listen in, take and move who waits, close the line. All is told."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from config.queues import agent_queue
from ivr.agent_errors import NobodyWaits, NotReady, NotSupervisor, NotTalking
from ivr.ami import Ami, AmiRefused, Event
from ivr.facts import Fact
from ivr.facts_queue import Supervised
from ivr.ids import call_id, new_id
from ivr.members import READY
from ivr.ports import Hours
from ivr.presence import NOBODYS_CALL, Presence
from ivr.waiting import WaitingCaller, waiting_callers

log = structlog.get_logger()

LISTEN = "saluran-listen"
"""The context in which a supervisor's phone is in another's call."""
RING = "saluran-agent-ring"
"""The context in which a phone rings and cannot forward."""
KEYS = {"listen": "4", "whisper": "5", "barge": "6"}
"""Its extensions, which are also the keys that change from one to another."""
TALKING = frozenset({2, 3, 7, 8})
"""Device states: in use, busy, in use and ringing, on hold."""


class LineDoor(Protocol):
    """Closes the line at once, and opens it again. Raises `DeskAway`."""

    async def close(self, reason: str, until: datetime | None, by: str) -> None:
        """Until someone reopens unless `until` is given; ValueError for one that is past."""

    async def reopen(self, by: str) -> int:
        """How many closures were lifted."""


class Supervision:
    """Every method raises `NotSupervisor` for whoever has not the right, and `AmiError`."""

    def __init__(
        self,
        ami: Ami,
        presence: Presence,
        tell: Callable[[Fact], None],
        hours: Hours,
        door: LineDoor,
        pbx: str,
    ) -> None:
        self._ami, self._presence, self._door = ami, presence, door
        self._tell, self._hours, self._pbx = tell, hours, pbx
        ami.on_event("UserEvent", self._listened)

    def check(self, supervisor: str, wish: str) -> None:
        """Raises NotSupervisor, and AgentUnknown."""
        if not self._presence.agent(supervisor).supervisor:
            log.warning("supervision.refused", agent=supervisor, wish=wish)
            raise NotSupervisor(supervisor)

    def check_listening(self, supervisor: str, agent: str) -> None:
        """Whether they may listen to that agent now. Raises NotTalking too."""
        self.check(supervisor, "listen")
        self._presence.agent(agent)
        devices = {one.device for one in self._presence.members.of(agent).values()}
        if agent == supervisor or not devices & TALKING:
            raise NotTalking(agent)

    async def listen(self, supervisor: str, agent: str, how: str = "listen") -> None:
        """Ring the supervisor's phone, then put it into the agent's call: `listen`, `whisper` or
        `barge`, which keys change. Raises NotTalking."""
        self.check_listening(supervisor, agent)
        await self._ami.ask(
            "Originate",
            Channel=f"Local/{supervisor}@{RING}/n",
            Context=LISTEN,
            Exten=KEYS[how],
            Priority="1",
            Async="true",
            CallerID=f'"{agent}" <{agent}>',
            Variable=[f"{name}={value}" for name, value in listening(supervisor, agent).items()],
        )

    async def take(self, supervisor: str, channel: str | None = None) -> None:
        """Have a waiting caller ring the supervisor's phone: this one, or who waits longest.

        Raises NobodyWaits, and NotReady: they must be logged in, and not paused.
        """
        self.check(supervisor, "take")
        if self._presence.state(supervisor) != READY:
            raise NotReady(supervisor)
        caller = await self._caller(channel)
        await self._withdraw(supervisor, caller, "take", agent_queue(supervisor))

    async def move(self, supervisor: str, channel: str, queue: str) -> None:
        """Put a waiting caller into another queue; they keep their time. Raises NobodyWaits;
        ValueError for a queue that is none."""
        self.check(supervisor, "move")
        queues = self._presence.queues
        if queue not in queues:
            raise ValueError(f"there is no queue `{queue}` — one of {', '.join(queues)}")
        caller = await self._caller(channel)
        language = "en" if caller.queue.endswith("-en") else queues[queue].languages[0]
        await self._withdraw(supervisor, caller, "move", queues.on_pbx(queue, language))

    async def close_line(self, supervisor: str, reason: str, until: datetime | None = None) -> None:
        """Raises `DeskAway`, and ValueError for an end that is past."""
        self.check(supervisor, "close_line")
        await self._door.close(reason, until, supervisor)
        self._told(supervisor, "close_line")

    async def reopen_line(self, supervisor: str) -> int:
        """How many closures were lifted. Raises `DeskAway`."""
        self.check(supervisor, "reopen_line")
        lifted = await self._door.reopen(supervisor)
        self._told(supervisor, "reopen_line")
        return lifted

    async def _caller(self, channel: str | None) -> WaitingCaller:
        for caller in await waiting_callers(self._ami):
            if channel in (None, caller.channel):
                return caller
        raise NobodyWaits(
            f"{channel} waits no more: somebody answered, or they hung up."
            if channel
            else "Nobody waits now."
        )

    async def _withdraw(self, supervisor: str, caller: WaitingCaller, did: str, queue: str) -> None:
        """Out of the queue, with the word to the caller's own call where to go on."""
        try:
            await self._ami.ask(
                "QueueWithdrawCaller",
                Queue=caller.queue,
                Caller=caller.channel,
                WithdrawInfo=f"{did}:{queue}",
            )
        except AmiRefused as refused:
            raise NobodyWaits("That caller waits no more.") from refused
        self._told(supervisor, did, call=call_id(self._pbx, caller.uniqueid), queue=queue)

    def _listened(self, event: Event) -> None:
        if event.get("UserEvent") == "SaluranListen" and event.get("How") in KEYS:
            self._told(event.get("By"), event.get("How"), agent=event.get("Agent"))

    def _told(
        self,
        supervisor: str,
        did: str,
        *,
        call: UUID = NOBODYS_CALL,
        agent: str = "",
        queue: str = "",
    ) -> None:
        self._tell(
            Supervised(
                id=new_id(),
                call=call,
                at=self._hours.now(),
                supervisor=supervisor,
                did=did,
                agent=agent,
                queue=queue,
            )
        )
        log.info("supervision.done", supervisor=supervisor, did=did, agent=agent, queue=queue)


def listening(supervisor: str, agent: str) -> dict[str, str]:
    """The variables that LISTEN needs on the supervisor's channel."""
    return {"IVR_AGENT": supervisor, "IVR_LISTEN": agent}
