"""What queues, agents and callbacks need of the ticket side. Raises `DeskAway`, as all of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who may take calls."""

    extension: str
    """Name of the endpoint, of the queue member, and of the login."""
    name: str
    languages: tuple[str, ...]
    skills: dict[str, int]
    """Penalty by queue: 0 is asked first. Queues that are not named are not served."""
    supervisor: bool
    digest: str
    """MD5 of `extension:realm:secret` in hex; the secret itself is shown once and kept nowhere."""


@dataclass(frozen=True, slots=True)
class DueCallback:
    """A callback that this service has claimed: nobody else dials it."""

    id: UUID
    ticket: UUID
    number: str
    """The ticket's."""
    phone: str
    other_phone: str | None
    queue: str
    language: str
    topic: str
    """The ticket's category."""
    name: str | None
    since: datetime
    priority: int
    attempt: UUID
    """The id of the attempt that this claim is for."""
    tries: int
    """Attempts so far that reached the dialling."""
    dialling: bool = False
    """This attempt had been marked as dialling already, before a restart."""


@dataclass(frozen=True, slots=True)
class LastTalk:
    """With whom a phone spoke last."""

    agent: str
    at: datetime


class CallbackDesk(Protocol):
    async def agents(self) -> Sequence[Agent]: ...

    async def last_talk(self, phone: str) -> LastTalk | None: ...

    async def calls_today(self, phone: str) -> int:
        """How often this phone has called since midnight in Jakarta: repeated callers go first."""

    async def claim_due(self, now: datetime, most: int, by: str) -> Sequence[DueCallback]:
        """Take due callbacks, oldest `since` first within a priority; skips what others hold."""

    async def claimed(self, by: str) -> Sequence[DueCallback]:
        """What an earlier life of this service had claimed and not settled."""

    async def mark_dialling(self, callback: UUID, attempt: UUID) -> bool:
        """Just before the customer's phone is dialled; False when it is not ours any more (moved,
        cancelled, claimed by another): then nobody may dial."""

    async def release(self, callback: UUID, attempt: UUID, due: datetime) -> None:
        """Give a claim back undialled, due again at that time."""

    async def booked(self, first: datetime, last: datetime) -> Mapping[datetime, int]:
        """How many live callbacks of the type `slot` are promised for each time from `first` up to,
        but not at, `last`."""
