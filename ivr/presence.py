"""Agents log in and out, pause and are ready. The truth is the PBX's queues; this keeps up with it.

Whoever asks (phone, API, page) asks here; what the queues' events tell is the state, whoever
caused it, and each change is told as a fact. After each login, and now and then, all members are
listed, so that nothing that happened meanwhile is missed.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog

from config.queues import AGENT_PREFIX, Queues, agent_queue
from ivr.agent_errors import AgentsNotRead, AgentUnknown, NotLoggedIn, Unconfirmed
from ivr.ami import Ami, AmiDown, AmiError, AmiRefused, Event
from ivr.facts import Fact
from ivr.facts_queue import AgentChanged
from ivr.ids import new_id
from ivr.members import OUT, WRAP_UP_MORE, AgentState, Members, member, state_of
from ivr.membership import Membership
from ivr.ports import Hours
from ivr.ports_queue import Agent

log = structlog.get_logger()

REASONS = {"1": "istirahat", "2": "salat", "3": "rapat", "4": "pelatihan", "5": "lain"}
"""Why an agent pauses, by the key."""
UNREAD = 1.0
"""Seconds after which it is looked again whether the agents' table was read."""
CONFIRMED = 1.0
"""Seconds within which the queues' events must tell what was asked for."""
NOBODYS_CALL = UUID(int=0)


class Presence:
    """What agents do now. Actions raise `AmiError`, and of `AgentError` what they say."""

    def __init__(
        self,
        ami: Ami,
        tell: Callable[[Fact], None],
        hours: Hours,
        queues: Callable[[], Queues],
        agents: Callable[[], Sequence[Agent] | None],
    ) -> None:
        """`agents` are those of the table; None while that was never read."""
        self._ami, self._tell, self._hours = ami, tell, hours
        self._queues, self._agents = queues, agents
        self._membership = Membership(ami)
        self.members = Members()
        self.on_change: list[Callable[[str], None]] = []
        """Called with the extension after every event of it, changed or not."""
        self._told: dict[str, AgentState] = {}
        self._by: dict[str, str] = {}
        self._listing: set[tuple[str, str]] | None = None
        self._lister = asyncio.Lock()
        self._changed = asyncio.Event()
        for name in ("Added", "Pause", "Penalty", "Status", ""):
            ami.on_event(f"QueueMember{name}", self._put)
        ami.on_event("QueueMemberRemoved", self._drop)

    # What is asked.

    def state(self, extension: str) -> AgentState:
        """As the PBX told last; not known better while the link is down."""
        return state_of(self.members.of(extension))

    def agent(self, extension: str) -> Agent:
        """Raises AgentUnknown; AgentsNotRead while the table was never read."""
        agents = self._agents()
        if agents is None:
            raise AgentsNotRead
        for agent in agents:
            if agent.extension == extension:
                return agent
        raise AgentUnknown(extension)

    def language(self, extension: str) -> str:
        """The agent's first. Raises AgentUnknown, but only of who is surely none."""
        try:
            return self.agent(extension).languages[0]
        except AgentsNotRead:
            return "id"

    @property
    def queues(self) -> Queues:
        return self._queues()

    @property
    def agents(self) -> Sequence[Agent]:
        return self._agents() or ()

    async def log_in(self, extension: str, by: str) -> AgentState:
        """Into every queue of the agent's skills. Raises AgentUnknown."""
        wanted = self.wanted(self.agent(extension))
        missing = {q: p for q, p in wanted.items() if q not in self.members.of(extension)}
        with self._asked(extension, by):
            await self._membership.add(extension, missing, self.members.of(extension))
            return await self._becomes(extension, lambda state: state != OUT)

    async def log_out(self, extension: str, by: str) -> AgentState:
        with self._asked(extension, by):
            await self._membership.remove(extension, list(self.members.of(extension)))
            return await self._becomes(extension, lambda state: state == OUT)

    async def pause(self, extension: str, reason: str, by: str) -> AgentState:
        """Raises NotLoggedIn; ValueError for a reason that is none."""
        if reason not in REASONS.values():
            raise ValueError(f"{reason!r} is no reason — one of {', '.join(REASONS.values())}")
        return await self.set_paused(extension, reason, by)

    async def ready(self, extension: str, by: str) -> AgentState:
        """The end of any pause or wrap-up. Raises NotLoggedIn."""
        return await self.set_paused(extension, "", by)

    async def wrap_up(self, extension: str, by: str) -> AgentState:
        """Until the agent is ready again. Raises NotLoggedIn."""
        return await self.set_paused(extension, WRAP_UP_MORE, by)

    async def set_paused(self, extension: str, reason: str, by: str) -> AgentState:
        """Paused with a reason, as the PBX knows it, or with none not paused."""
        with self._asked(extension, by):
            try:
                await self._membership.pause(extension, reason)
            except AmiRefused as refused:
                raise NotLoggedIn(extension) from refused
            return await self._becomes(extension, lambda state: self._is(extension, reason))

    # How it keeps up.

    async def reconcile(self) -> None:
        """List all members. Raises `AmiError`."""
        async with self._lister:
            self._listing = set()
            try:
                await self._ami.collect("QueueStatus", "QueueStatusComplete")
                self.members.keep(self._listing)
            finally:
                self._listing = None
        for extension in {*self.members, *self._told, *(a.extension for a in self.agents)}:
            self._note(extension, "reconciled")

    async def fit(self, before: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
        """Bring who is logged in to what their skills are now; returns these, for the next time.

        Whoever is an agent no more is logged out. Raises `AmiError`.
        """
        agents = self._agents()
        if agents is None:
            return {}
        wanted = {agent.extension: self.wanted(agent) for agent in agents}
        for extension in self.members:
            if extension not in wanted:
                await self._membership.remove(extension, list(self.members.of(extension)))
            elif before.get(extension) != wanted[extension]:
                await self._fit(extension, wanted[extension])
        return wanted

    def wanted(self, agent: Agent) -> dict[str, int]:
        """The queues that an agent serves, with the penalty in each."""
        queues = self._queues()
        found = {agent_queue(agent.extension): 0}
        for name, penalty in agent.skills.items():
            if name in queues:
                spoken = [code for code in agent.languages if code in queues[name].languages]
                found |= {queues.on_pbx(name, language): penalty for language in spoken}
        return found

    async def _fit(self, extension: str, wanted: Mapping[str, int]) -> None:
        members = self.members.of(extension)
        if agent_queue(extension) not in members:
            return  # Put there by another hand, into the queues of its choice.
        await self._membership.remove(
            extension, [queue for queue in members if queue not in wanted]
        )
        await self._membership.add(
            extension, {q: p for q, p in wanted.items() if q not in members}, members
        )
        for queue, penalty in wanted.items():
            if queue in members and members[queue].penalty != penalty:
                await self._membership.set_penalty(extension, queue, penalty)

    async def _becomes(self, extension: str, right: Callable[[AgentState], bool]) -> AgentState:
        """The state once the queues' events have told it; asked for when they have not."""
        for last in (False, True):
            with suppress(TimeoutError):
                async with asyncio.timeout(CONFIRMED):
                    while not right(self.state(extension)):
                        self._changed.clear()
                        await self._changed.wait()
                    return self.state(extension)
            if not last:
                await self.reconcile()
        raise Unconfirmed(extension)

    def _is(self, extension: str, reason: str) -> bool:
        members = self.members.of(extension).values()
        return bool(members) and all(
            one.paused == bool(reason) and (one.reason == reason or not reason) for one in members
        )

    @contextmanager
    def _asked(self, extension: str, by: str) -> Iterator[None]:
        """Changes of this agent are told as made by `by` meanwhile."""
        if not self._ami.connected:
            raise AmiDown("the PBX cannot be reached: agents' states cannot be changed now")
        self._by[extension] = by
        try:
            yield
        finally:
            self._by.pop(extension, None)

    def _put(self, event: Event) -> None:
        if (one := member(event)) and self._ours(one.queue):
            if self._listing is not None:
                self._listing.add((one.queue, one.extension))
            self.members.put(one)
            if event.name == "QueueMember":
                return  # Told when the list is complete.
            self._note(one.extension, "pbx")

    def _drop(self, event: Event) -> None:
        if one := member(event):
            self.members.drop(one.queue, one.extension)
            self._note(one.extension, "pbx")

    def _ours(self, queue: str) -> bool:
        return queue.startswith(AGENT_PREFIX) or self._queues().named(queue) is not None

    def _note(self, extension: str, by: str) -> None:
        state = self.state(extension)
        if state != self._told.get(extension):
            self._told[extension] = state
            self._tell(
                AgentChanged(
                    id=new_id(),
                    call=NOBODYS_CALL,
                    at=self._hours.now(),
                    agent=extension,
                    state=state.state,
                    reason=state.reason,
                    by=self._by.get(extension, by),
                )
            )
            log.info("agent.changed", agent=extension, state=state.state, reason=state.reason)
        self._changed.set()
        for handler in self.on_change:
            handler(extension)


async def keep_up(presence: Presence, ami: Ami, every: float) -> None:
    """List the members and fit them to their skills, every so many seconds, until cancelled."""
    fitted: dict[str, dict[str, int]] = {}
    await ami.wait_up()
    while True:
        if ami.connected:
            try:
                await presence.reconcile()
                before, fitted = fitted, await presence.fit(fitted)
                if fitted != before:
                    log.info("agents.fitted", agents=len(fitted))
            except AmiError as error:
                log.info("agents.not_reconciled", reason=str(error))
        await asyncio.sleep(every if fitted else UNREAD)
