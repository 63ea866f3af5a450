"""What queues, agents and callbacks need of the ticket side. Raises `DeskAway`, as all of it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
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
class QueuePlace:
    """Where a caller is put, and for how long."""

    queue: str
    """As the PBX names it."""
    wait: int
    """Seconds at most."""
    entry: UUID
    """The stay's id."""
    since: datetime
    priority: int
    position: int | None
    """Counted from 1; None for the last of the priority."""
    talk: str
    """The name of the recording, without its ending; empty without the caller's consent."""


@dataclass(frozen=True, slots=True)
class QueueExit:
    """How a queue was left."""

    how: str
    """`served` by an agent who hung up first, `timeout`, `empty`, `full`, `callback` or `menu` for
    the key, `withdrawn`, or `failed`."""
    info: str = ""
    """Why, for `withdrawn`: `closed`, `move:QUEUE` or `take:QUEUE`."""


@dataclass(frozen=True, slots=True)
class LastTalk:
    """With whom a phone spoke last."""

    agent: str
    at: datetime


class Ranked(Protocol):
    """Whoever has a turn: the smaller `since` of the higher `priority` is served first."""

    @property
    def since(self) -> datetime: ...

    @property
    def priority(self) -> int: ...


class QueueView(Protocol):
    """`ivr.queue_board.QueueBoard`, as a caller's steps use it. Queues by their PBX's names."""

    def waiting(self, queue: str) -> Sequence[Ranked]:
        """Who waits, in the queue's order."""

    def free(self, queue: str) -> int:
        """How many agents would be rung now."""

    def expected_minutes(self, queue: str, position: int, wrap_up: int) -> int | None:
        """The wait at that place; None when no honest number can be told."""

    def agent_of(self, entry: UUID) -> str | None:
        """Who answered this stay; None when nobody did."""

    def came_back(self, entry: UUID) -> None:
        """The caller is on the line after the talk: the agent hung up."""

    def left(self, entry: UUID, call: UUID, how: str) -> None:
        """Tell how a stay ended."""

    def door(self, queue: str) -> AbstractAsyncContextManager[None]:
        """Held by whoever goes in, so that their place is counted with all who went before."""

    def expect(self, entry: UUID, call: UUID, queue: str, since: datetime, priority: int) -> None:
        """A caller is about to be put in: whatever becomes of them, this stay is theirs."""

    async def joined(self, entry: UUID) -> None:
        """Wait until this stay is seen in its queue, or for as long as that may take."""

    async def caught_up(self) -> None:
        """Wait until every event that has come so far was looked at."""


class CallerMemory(Protocol):
    """What is remembered of a phone. Raises `DeskAway`."""

    async def last_talk(self, phone: str) -> LastTalk | None: ...

    async def calls_today(self, phone: str) -> int:
        """How often this phone has called since midnight in Jakarta: repeated callers go first."""


class CallbackDesk(Protocol):
    """Claims on callbacks, each of which one service holds. Raises `DeskAway`."""

    async def claim_due(self, now: datetime, most: int, by: str) -> Sequence[DueCallback]:
        """Take due callbacks, oldest `since` first within a priority; skips what others hold."""

    async def claimed(self, by: str) -> Sequence[DueCallback]:
        """What an earlier life of this service had claimed and not settled."""

    async def mark_dialling(self, callback: UUID, attempt: UUID) -> bool:
        """Just before the customer's phone is dialled; False when it is not ours any more (moved,
        cancelled, claimed by another): then nobody may dial."""

    async def release(self, callback: UUID, attempt: UUID, due: datetime) -> None:
        """Give a claim back undialled, due again at that time."""
