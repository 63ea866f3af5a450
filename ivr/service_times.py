"""How long serving someone takes, as measured; and what a caller may be told of the wait. Pure."""

from collections import deque
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean, stdev

KEPT = 50
RECENT = timedelta(hours=3)
ENOUGH = 5
"""Fewer talks say nothing about the next."""
UNEVEN = 1.5
"""With a spread of more than so many times the mean, the mean says nothing."""
SHORTEST, LONGEST = 2, 30
"""Minutes that are told: less is no wait, more is no forecast."""


class ServiceTimes:
    """Of each queue, in seconds from the answer until the agent was done talking."""

    def __init__(self) -> None:
        self._of: dict[str, deque[tuple[datetime, float]]] = {}

    def note(self, queue: str, seconds: float, at: datetime) -> None:
        self._of.setdefault(queue, deque(maxlen=KEPT)).append((at, seconds))

    def recent(self, queue: str, now: datetime) -> list[float]:
        return [seconds for at, seconds in self._of.get(queue, ()) if now - at <= RECENT]


def expected_minutes(recent: list[float], wrap_up: float, position: int, agents: int) -> int | None:
    """Minutes until the caller at `position` (from 1) is served; None when no honest number is.

    With `agents` serving, one of them comes free every `mean / agents`: the sum of `position`
    such steps is the wait of a queue that is never empty (M/M/c, all servers busy).
    """
    if len(recent) < ENOUGH or agents < 1:
        return None
    mean = fmean(recent)
    if stdev(recent) > UNEVEN * mean:
        return None
    minutes = ceil(position * (mean + wrap_up) / agents / 60)
    return minutes if SHORTEST <= minutes <= LONGEST else None
