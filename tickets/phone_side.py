"""The phone side as the desk knows it: who works, who waits, and what can be asked of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tickets.errors import TicketError


class PhoneAway(TicketError):
    """The service or its PBX cannot be asked just now: nothing was changed, nothing is known."""


class PhoneRefused(TicketError):
    """It is there and will not: the text says why, in words of the field."""


class AgentUnknown(TicketError):
    """Nobody has this extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """For whom a phone rings or talks, or who waits."""

    entry: UUID | None
    """Names them while they wait; None for one whom the service has not recognised yet."""
    call: UUID | None
    callback: UUID | None
    """Of somebody who is to be called back, and for whom a place is kept; `call` is None then."""
    queue: str
    """As the PBX names it."""
    since: datetime
    """Since when they wait, the phone rings, or the talk goes on."""
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    extension: str
    state: str
    """`out`, `ready`, `paused` or `wrapping_up`."""
    reason: str
    """Of the pause; `ring_no_answer` when the PBX made it."""
    ringing: Stay | None
    talk: Stay | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    queue: str
    waiting: int
    longest_since: datetime | None
    reachable: int
    """Agents who are logged in and whose phone is there."""
    serving: int
    """Of them those who do not pause."""
    free: int
    """Of them those who would be rung now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the PBX does, as of `at`."""

    at: datetime
    agents: Sequence[AgentNow] = ()
    queues: Sequence[QueueNow] = ()
    waiting: Sequence[Stay] = ()


class PhoneSide(Protocol):
    @property
    def last(self) -> Picture | None:
        """The last picture, however old; None when there never was one."""

    def now(self) -> Picture:
        """Raises PhoneAway."""

    @property
    def on_change(self) -> list[Callable[[], None]]:
        """Called when there is another picture, or none any more."""

    async def ask(self, extension: str, deed: str, **wish: Any) -> Mapping[str, Any]:
        """Have an agent's deed done. Raises PhoneAway, PhoneRefused, AgentUnknown, Unacceptable."""


class NoPhoneSide:
    """Of a desk that stands alone."""

    def __init__(self) -> None:
        self.last: Picture | None = None
        self.on_change: list[Callable[[], None]] = []

    def now(self) -> Picture:
        raise PhoneAway("this desk knows no phone service")

    async def ask(self, extension: str, deed: str, **wish: Any) -> Mapping[str, Any]:
        raise PhoneAway("this desk knows no phone service")
