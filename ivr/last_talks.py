"""With which stay in a queue an agent spoke last: where a disposition belongs."""

from typing import Protocol
from uuid import UUID

from ivr.facts import Fact
from ivr.facts_queue import AgentAnswered


class TalkDesk(Protocol):
    async def last_entry(self, agent: str) -> UUID | None:
        """Of the talks that are written. Raises `DeskAway`."""


class LastTalks:
    """Kept from the facts as they are told; older ones are looked up."""

    def __init__(self, desk: TalkDesk) -> None:
        self._desk = desk
        self._entries: dict[str, UUID] = {}

    def hear(self, fact: Fact) -> None:
        """Every fact that is told."""
        if isinstance(fact, AgentAnswered):
            self._entries[fact.agent] = fact.entry

    async def of(self, agent: str) -> UUID | None:
        """Raises `DeskAway`."""
        return self._entries.get(agent) or await self._desk.last_entry(agent)
