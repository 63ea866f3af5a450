"""The figures of a random day counted anew in plain Python, interval by interval."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.store.mornings import NOW, PERIOD, Change, Morning, Stay

Key = tuple[datetime, str]
LEVELS = {"umum": 20.0, "produsen": 300.0}
FORGIVEN = timedelta(minutes=15)


def start_of(at: datetime) -> datetime | None:
    """The beginning of the interval that `at` is in; None outside the period."""
    if not PERIOD.start <= at < PERIOD.end:
        return None
    steps = int((at - PERIOD.start).total_seconds() // PERIOD.step.total_seconds())
    return PERIOD.start + steps * PERIOD.step


def _periods(morning: Morning) -> Iterable[tuple[Change, datetime]]:
    """Each change with the moment it held until."""
    for change in morning.changes:
        later = [o.at for o in morning.changes if o.agent == change.agent and o.at > change.at]
        yield change, min(later, default=NOW)


def _wrapped(morning: Morning) -> dict[Any, float]:
    """Seconds of wrap-up by the stay whose talk ended just then."""
    found: dict[Any, float] = defaultdict(float)
    for change, until in _periods(morning):
        if change.state != "wrapping_up" or change.at < PERIOD.start:
            continue
        if change.at >= PERIOD.end + timedelta(days=1):
            continue
        near = [
            (abs((stay.hung_up - change.at).total_seconds()), stay.id)
            for stay in morning.stays
            if stay.agent == change.agent and stay.talked is not None
        ]
        if near and min(near)[0] <= 5:
            found[min(near)[1]] += (until - change.at).total_seconds()
    return found


def queues(morning: Morning) -> dict[Key, dict[str, float]]:
    wrapped = _wrapped(morning)
    counted: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for stay in morning.stays:
        start = start_of(stay.joined)
        if start is None or stay.placeholder:
            continue
        of = counted[start, stay.queue]
        of["offered"] += 1
        of[_column(stay)] += 1
        if stay.how or stay.agent:
            of["longest"] = max(of["longest"], stay.waited)
        if stay.agent:
            of["within"] += stay.waited <= LEVELS[stay.queue]
            of["waited"] += stay.waited
            of["talked"] += stay.talked or 0
            of["wrapped"] += wrapped[stay.id]
    return counted


def _column(stay: Stay) -> str:
    if stay.agent:
        return "answered"
    columns = {"empty": "closed", "taken": "moved", "lost": "other", "odd": "other"}
    return columns.get(stay.how, stay.how) if stay.how else "waiting"


def agents(morning: Morning) -> dict[Key, dict[str, float]]:
    counted: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for change, until in _periods(morning):
        name = {"wrapping_up": "wrapping"}.get(change.state, change.state)
        if name != "out":
            _spread(counted, change.agent, name, change.at, until)
    for stay in morning.stays:
        if stay.agent is None:
            continue
        if stay.talked is not None:
            _spread(counted, stay.agent, "talking", stay.answered, stay.hung_up)
        if start := start_of(stay.answered):
            counted[start, stay.agent]["answered"] += 1
            counted[start, stay.agent]["talked"] += stay.talked or 0
    for miss in morning.misses:
        if start := start_of(miss.at):
            counted[start, miss.agent]["missed"] += 1
    for promise in morning.promises:
        if promise.kept_by and promise.tries and (start := start_of(promise.tries[-1])):
            counted[start, promise.kept_by]["callbacks"] += 1
    return counted


def _spread(
    counted: dict[Key, dict[str, float]], agent: str, name: str, since: datetime, until: datetime
) -> None:
    start = PERIOD.start
    while start < PERIOD.end:
        stop = min(start + PERIOD.step, NOW)
        seconds = (min(until, stop) - max(since, start)).total_seconds()
        if seconds > 0:
            counted[start, agent][name] += seconds
        start += PERIOD.step


def callbacks(morning: Morning) -> dict[Key, dict[str, float]]:
    counted: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    names = {"done": "kept", "human": "failed", "cancelled": "cancelled"}
    for promise in morning.promises:
        if (start := start_of(promise.at)) is None:
            continue
        of = counted[start, promise.queue]
        of["promised"] += 1
        of[names.get(promise.state, "live")] += 1
        of["tries"] += len(promise.tries)
        first = min(promise.tries, default=NOW)
        of["late"] += promise.state != "cancelled" and first > promise.promised + FORGIVEN
    return counted
