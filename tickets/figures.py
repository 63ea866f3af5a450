"""Figures of one interval, and what follows from them; docs/reports.md has the formulae.

Counts and sums can be added over intervals; shares and means are None where nothing was counted.
Times are in seconds.
"""

from dataclasses import dataclass
from datetime import datetime


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _mean(total: float, count: int) -> float | None:
    return round(total / count, 1) if count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """Callers' stays in a queue that began in the interval; each ended in one way."""

    start: datetime
    queue: str
    offered: int
    answered: int
    within: int
    """Answered within the queue's service level."""
    abandoned: int
    key: int
    timeout: int
    closed: int
    """Sent out at closing, or when nobody was logged in any more."""
    moved: int
    """To another queue, or taken by a supervisor."""
    waiting: int
    """Still there."""
    other: int
    """Lost with the PBX, or ended in a way that has no column."""
    waited: float
    """Of those answered, together."""
    longest: float
    talked: float
    wrapped: float

    @property
    def service_level(self) -> float | None:
        return _share(self.within, self.answered + self.abandoned)

    @property
    def speed_of_answer(self) -> float | None:
        return _mean(self.waited, self.answered)

    @property
    def handle_time(self) -> float | None:
        return _mean(self.talked + self.wrapped, self.answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFigures:
    """An agent's talks that began in the interval, and how its time was spent."""

    start: datetime
    agent: str
    answered: int
    missed: int
    """Rings that were not answered, or refused."""
    callbacks: int
    """Kept."""
    talked: float
    """Of the talks that began in the interval, to their ends."""
    talking: float
    """Within the interval, whenever the talk began."""
    wrapping: float
    ready: float
    """Logged in and neither paused nor wrapping up: talking included."""
    paused: float

    @property
    def occupancy(self) -> float | None:
        return _share(self.talking + self.wrapping, self.ready + self.wrapping)

    @property
    def talk_time(self) -> float | None:
        return _mean(self.talked, self.answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackFigures:
    """Callbacks first promised in the interval, as they are now; each is in one state."""

    start: datetime
    queue: str
    promised: int
    kept: int
    late: int
    """Of any state but cancelled: first dialled too long after the promised time, or not yet."""
    failed: int
    """With a person, for the machine could not keep them."""
    cancelled: int
    live: int
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedFigures:
    """Callers who hung up in the interval, by where they were."""

    start: datetime
    place: str
    calls: int
    seconds: float
    """From ringing in to hanging up, together."""

    @property
    def mean_seconds(self) -> float | None:
        return _mean(self.seconds, self.calls)
