"""Who is next: callers and callbacks by their original time within a priority. Pure.

Placeholders of callbacks stand in the PBX's queue between the callers. At most twice as many as
there are agents: the oldest of them, so that every agent who comes free meets whoever is next.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ivr.ports_queue import Ranked

PER_AGENT = 2


class Waiting(Ranked, Protocol):
    """Someone in a queue (`ivr.queue_board`)."""

    @property
    def channel(self) -> str: ...


class Candidate(Ranked, Protocol):
    """A claimed callback that waits for an agent."""

    @property
    def attempt(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about one queue's placeholders."""

    place: tuple[UUID, ...]
    """Attempts to put in, in order."""
    withdraw: tuple[UUID, ...]
    """Attempts to take out: others go before them, or they stand out of their turn."""


def rank(one: Ranked) -> tuple[int, datetime]:
    """The smaller is served first."""
    return -one.priority, one.since


def plan(candidates: Iterable[Candidate], placed: Collection[UUID], agents: int) -> Plan:
    """Which callbacks of a queue should stand in it, while so many agents serve it."""
    ordered = sorted(candidates, key=lambda one: (*rank(one), one.attempt))
    chosen = [one.attempt for one in ordered[: PER_AGENT * agents]]
    place = tuple(attempt for attempt in chosen if attempt not in placed)
    return Plan(place, tuple(attempt for attempt in placed if attempt not in chosen))


def position(waiting: Sequence[Ranked], mine: Ranked) -> int:
    """The place in the queue, counted from 1, that a callback's original time earns."""
    later = (at for at, other in enumerate(waiting, 1) if rank(other) > rank(mine))
    return next(later, len(waiting) + 1)


def out_of_turn(waiting: Sequence[Waiting], channel: str) -> bool:
    """Whether a placeholder stands elsewhere than its time earns.

    So it can be when the queue moved on in the moment between counting and joining."""
    at = next((at for at, one in enumerate(waiting) if one.channel == channel), None)
    if at is None:
        return False
    mine, others = waiting[at], [*waiting[:at], *waiting[at + 1 :]]
    earned = position(others, mine) - 1
    # Among those of the same time any place will do.
    return at > earned or any(rank(other) != rank(mine) for other in others[at:earned])
