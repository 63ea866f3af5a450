"""How the machines do: what each part says of itself, and what to do where it is not well."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tickets.rights import Actor, Right

Level = Literal["good", "bad", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the installation."""

    subject: str
    """`service`, `pbx`, `database`, `folder spool`, …"""
    level: Level
    key: str = ""
    """What was found, by name and values; empty where a check tells it in its own words alone."""
    values: Mapping[str, str] = field(default_factory=dict)
    found: str = ""
    """In a check's own words, which are English."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """All of it, as of `at`."""

    at: datetime
    parts: Sequence[Part]

    @property
    def bad(self) -> int:
        return sum(part.level == "bad" for part in self.parts)


Inspect = Callable[[], Awaitable[Condition]]


@dataclass(frozen=True, slots=True)
class Health:
    inspect: Inspect

    async def read(self, actor: Actor) -> Condition:
        """Raises NotAllowed."""
        actor.need(Right.HEALTH_READ)
        return await self.inspect()
