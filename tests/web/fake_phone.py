"""The phone side as the desk's tests say it is: what is asked of it is noted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tickets.phone_side import AgentNow, PhoneAway, Picture, QueueNow, Stay
from tickets.store import Connection

MORNING = datetime(2026, 11, 27, 3, tzinfo=UTC)


@dataclass
class FakePhone:
    """Fits `tickets.phone_side.PhoneSide`."""

    last: Picture | None = None
    there: bool = True
    fails: Exception | None = None
    """What the next deed ends with."""
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    on_change: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> Picture:
        if self.last is None or not self.there:
            raise PhoneAway("the phone service cannot be reached")
        return self.last

    async def ask(self, extension: str, deed: str, **wish: Any) -> Mapping[str, Any]:
        self.asked.append((extension, deed, wish))
        if self.fails is not None:
            raise self.fails
        return {"state": "paused", "reason": wish.get("reason", ""), "recorded": False}

    def shows(self, *agents: AgentNow, waiting: tuple[Stay, ...] = ()) -> None:
        """Another picture, with one queue in which these wait."""
        longest = min((one.since for one in waiting), default=None)
        queue = QueueNow(
            queue="umum",
            waiting=len(waiting),
            longest_since=longest,
            reachable=2,
            serving=1,
            free=1,
        )
        self.last = Picture(at=MORNING, agents=agents, queues=(queue,), waiting=waiting)
        self.there = True
        self.stirs()

    def goes(self) -> None:
        """The service is away."""
        self.there = False
        self.stirs()

    def stirs(self) -> None:
        for handler in self.on_change:
            handler()


SARI = AgentNow(extension="6001", state="ready", reason="", ringing=None, talk=None)


def stay(call: UUID | None = None, callback: UUID | None = None) -> Stay:
    return Stay(entry=uuid4(), call=call, callback=callback, queue="umum", since=MORNING)


def rings(agent: AgentNow, for_whom: Stay) -> AgentNow:
    return replace(agent, ringing=for_whom)


def talks(with_whom: Stay) -> AgentNow:
    """Budi, in a talk."""
    return AgentNow(extension="6002", state="ready", reason="", ringing=None, talk=with_whom)


async def has_phones(sql: Connection) -> None:
    """Sari and Budi may take calls."""
    for extension, name in (("6001", "Sari"), ("6002", "Budi")):
        await sql.execute(
            "INSERT INTO agent (extension, name, languages, skills, supervisor, digest) "
            "VALUES ($1, $2, '{id}', '{\"umum\": 0}', true, repeat('0', 32))",
            extension,
            name,
        )
