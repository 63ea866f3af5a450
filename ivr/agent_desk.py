"""What agents can ask for, in-process: the same for feature codes, API and command line."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from config.dispositions import Dispositions
from ivr.agent_errors import CodeUnknown, NoTalk
from ivr.facts import Fact
from ivr.facts_queue import CallDisposed
from ivr.ids import new_id
from ivr.last_talks import LastTalks
from ivr.members import AgentState
from ivr.ports import Hours
from ivr.presence import NOBODYS_CALL, Presence
from ivr.recorder import Recorder
from ivr.supervision import Supervision


@dataclass(frozen=True, slots=True)
class AgentDesk:
    """Agents by extension. Raises `AgentError`, `AmiError` and `DeskAway`, as the parts say.

    `by` is who asked: `phone`, `api` or `supervisor`.
    """

    presence: Presence
    supervision: Supervision
    recorder: Recorder
    talks: LastTalks
    dispositions: Dispositions
    tell: Callable[[Fact], None]
    hours: Hours

    async def log_in(self, extension: str, by: str) -> AgentState:
        return await self.presence.log_in(extension, by)

    async def log_out(self, extension: str, by: str) -> AgentState:
        return await self.presence.log_out(extension, by)

    async def pause(self, extension: str, reason: str, by: str) -> AgentState:
        return await self.presence.pause(extension, reason, by)

    async def ready(self, extension: str, by: str) -> AgentState:
        return await self.presence.ready(extension, by)

    async def wrap_up(self, extension: str, by: str) -> AgentState:
        return await self.presence.wrap_up(extension, by)

    async def dispose(self, extension: str, code: str) -> None:
        """Say what became of the agent's last talk. Raises CodeUnknown, NoTalk.

        Any category's code is taken: the talk's own may be decided after it.
        """
        codes = self.dispositions.codes
        if code not in codes:
            raise CodeUnknown(f"{code!r} is no disposition — one of {', '.join(sorted(codes))}")
        self.presence.agent(extension)
        entry = await self.talks.of(extension)
        if entry is None:
            raise NoTalk(extension)
        said = CallDisposed(
            id=new_id(),
            call=NOBODYS_CALL,
            at=self.hours.now(),
            entry=entry,
            agent=extension,
            code=code,
        )
        self.tell(said)

    def states(self) -> list[Mapping[str, Any]]:
        """Every agent with what they do now, by extension."""
        known = {agent.extension for agent in self.presence.agents} | set(self.presence.members)
        return [
            {"agent": extension, **asdict(self.presence.state(extension))}
            for extension in sorted(known)
        ]
