"""Which queues a caller waits in, one after the other, and with which priority. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.queues import Queue, Queues, agent_queue
from config.settings_groups import Waiting as Policy
from ivr.ports_queue import LastTalk

BY_CATEGORY = "by-category"
"""Named in a flow's step in place of a queue: the one that the caller's category belongs to."""
REPEATED = 2
"""With this call, the calls since midnight that make a caller a repeated one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of a caller who wants to speak with someone."""

    queue: str
    """The step's: a name of `queues.yaml`, or BY_CATEGORY."""
    category: str
    language: str
    wait: int
    """Seconds, the step's own limit."""
    calls_today: int = 0
    last_talk: LastTalk | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """A queue, and how long the caller waits there before the next is tried."""

    queue: str
    """As the PBX names it."""
    wait: int
    """Seconds."""
    rules: Queue
    sticky: bool = False
    """The queue of one agent; nobody is told a place in it."""


@dataclass(frozen=True, slots=True)
class Route:
    legs: tuple[Leg, ...]
    """In order; never empty."""
    priority: int
    left: int
    """Seconds that the caller waits in all of them together."""


def route(
    wish: Wish, queues: Queues, policy: Policy, free: Callable[[str], bool], now: datetime
) -> Route:
    """The way of one caller; `free` says whether an agent of a queue would be rung now."""
    name = queues.of_category(wish.category) if wish.queue == BY_CATEGORY else wish.queue
    if name not in queues:  # Taken out of the file, and the menu still names it.
        name = queues.default
    most = min(wish.wait, queues[name].max_wait)
    ways = _overflowing(name, queues, most)
    sticky = _sticky(wish, queues[name], policy, free, now)
    legs = [Leg(queues.on_pbx(queue, wish.language), wait, queues[queue]) for queue, wait in ways]
    priority = policy.repeated_priority if wish.calls_today >= REPEATED else 0
    return Route((*sticky, *legs), priority, most)


def _overflowing(name: str, queues: Queues, most: int) -> list[tuple[str, int]]:
    """The queue and those it overflows to: the time waited in one counts in the next."""
    ways: list[tuple[str, int]] = []
    here, waited = name, 0
    while waited < most:
        over = queues[here].overflow
        until = min(over.after, most) if over else most
        ways.append((here, max(until - waited, 1)))
        if over is None:
            break
        here, waited = over.to, max(until, waited + 1)
    return ways


def _sticky(
    wish: Wish, rules: Queue, policy: Policy, free: Callable[[str], bool], now: datetime
) -> list[Leg]:
    talk = wish.last_talk
    if talk is None or now - talk.at > timedelta(days=policy.sticky_days):
        return []
    queue = agent_queue(talk.agent)
    return [Leg(queue, policy.sticky_seconds, rules, sticky=True)] if free(queue) else []
