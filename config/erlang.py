"""How many agents a forecast needs: Erlang C (callers wait for ever) and Erlang A (some give up).

Sources: A. K. Erlang 1917; for abandonment C. Palm 1957 by way of F. Baccelli, G. Hebuterne,
*On Queues with Impatient Customers*, 1981 (the density of the wait that is offered). Both take
calls as a Poisson process, talks and patience as exponential: docs/reports.md says what that leaves
out. Times are in seconds.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

MOST_AGENTS = 10_000
NOTHING = 40.0
"""A density that is e to the minus this, beside its highest, adds nothing any more."""
PARTS = 2_000
"""Into which an integral is cut; even."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What comes within an hour. ValueError for what no line has."""

    calls: float
    """In an hour."""
    handle_time: float
    """Talk and wrap-up."""
    patience: float | None = None
    """Mean time after which a caller hangs up; None: nobody does (Erlang C)."""

    def __post_init__(self) -> None:
        times = (self.calls, self.handle_time, 1.0 if self.patience is None else self.patience)
        if not all(math.isfinite(value) and value > 0 for value in times):
            raise ValueError("calls, handle time and patience are numbers above 0")
        if self.load > MOST_AGENTS / 2:
            raise ValueError(f"a load of {self.load:.0f} Erlang is beyond {MOST_AGENTS // 2}")

    @property
    def load(self) -> float:
        """In Erlang: as many agents would be busy all the time."""
        return self.calls * self.handle_time / 3600


@dataclass(frozen=True, slots=True)
class Staffing:
    """What a number of agents comes to."""

    agents: int
    service_level: float
    """Share of the callers that are answered within the threshold."""
    speed_of_answer: float
    """Mean wait of all callers, those who give up included."""
    abandoned: float
    """Share of the callers."""
    occupancy: float


def staffing(forecast: Forecast, agents: int, threshold: float) -> Staffing:
    """What so many agents come to. ValueError for too few under Erlang C: the queue only grows."""
    if threshold < 0 or agents < 1:
        raise ValueError("a threshold is at least 0 s, and somebody has to answer")
    if forecast.patience is not None:
        return _erlang_a(forecast, forecast.patience, agents, threshold)
    return _erlang_c(forecast, agents, threshold)


def table(forecast: Forecast, level: float, threshold: float, around: int = 3) -> list[Staffing]:
    """From the fewest agents that reach `level` (a share), with some fewer and more beside it."""
    if not 0 < level < 1:
        raise ValueError("a service level is a share above 0 and below 1, such as 0.8")
    fewest = _fewest(forecast)
    # More agents never answer later; nobody waits with so many to spare.
    enough = fewest + math.ceil(20 * math.sqrt(forecast.load)) + 20
    needed = bisect_left(
        range(enough),
        level,
        lo=fewest,
        key=lambda agents: staffing(forecast, agents, threshold).service_level,
    )
    first = max(fewest, needed - around)
    return [staffing(forecast, n, threshold) for n in range(first, needed + around + 1)]


def blocking(load: float, agents: int) -> float:
    """Erlang B: the probability that all agents are busy if nobody may wait."""
    inverse = 1.0
    for agent in range(1, agents + 1):
        inverse = 1.0 + inverse * agent / load
    return 1.0 / inverse


def waiting(load: float, agents: int) -> float:
    """Erlang C: the probability that a caller has to wait; 1 when the queue only grows."""
    if agents <= load:
        return 1.0
    blocked = blocking(load, agents)
    return agents * blocked / (agents - load * (1.0 - blocked))


def _fewest(forecast: Forecast) -> int:
    return math.floor(forecast.load) + 1 if forecast.patience is None else 1


def _erlang_c(forecast: Forecast, agents: int, threshold: float) -> Staffing:
    load, mean = forecast.load, forecast.handle_time
    if agents <= load:
        raise ValueError(f"{agents} agents cannot carry {load:.1f} Erlang: the queue only grows")
    wait = waiting(load, agents)
    spare = agents - load
    return Staffing(
        agents=agents,
        service_level=1.0 - wait * math.exp(-spare * threshold / mean),
        speed_of_answer=wait * mean / spare,
        abandoned=0.0,
        occupancy=load / agents,
    )


def _erlang_a(forecast: Forecast, patience: float, agents: int, threshold: float) -> Staffing:
    arrivals, free = forecast.calls / 3600, agents / forecast.handle_time

    def patient(wait: float) -> float:
        """How long a caller stands within a wait of this length, in the mean."""
        return patience * -math.expm1(-wait / patience)

    def height(wait: float) -> float:
        """The logarithm of the density of the wait that an endlessly patient caller would have."""
        return arrivals * patient(wait) - free * wait

    highest = height(max(0.0, patience * math.log(arrivals / free)))

    def density(wait: float) -> float:
        return arrivals * math.exp(height(wait) - highest)

    end = forecast.handle_time
    while height(end) > highest - NOTHING:
        end *= 2
    at_once = math.exp(-highest) / blocking(forecast.load, agents - 1)
    whole = at_once + _integral(density, end)
    stood = _integral(lambda wait: patient(wait) * density(wait), end) / whole
    within = _integral(lambda wait: math.exp(-wait / patience) * density(wait), min(threshold, end))
    abandoned = stood / patience
    return Staffing(
        agents=agents,
        service_level=(at_once + within) / whole,
        speed_of_answer=stood,
        abandoned=abandoned,
        occupancy=forecast.load * (1.0 - abandoned) / agents,
    )


def _integral(of: Callable[[float], float], end: float) -> float:
    """From 0 to `end`, by Simpson's rule."""
    step = end / PARTS
    inner = (of(n * step) * (4 if n % 2 else 2) for n in range(1, PARTS))
    return (of(0.0) + math.fsum(inner) + of(end)) * step / 3
