"""Who was served before whom: the order of turns held to priority and original time. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stay:
    """One stay in a queue; all times in seconds on one clock."""

    who: str
    queue: str
    since: float
    priority: int
    joined: float
    left: float
    turn: float | None
    """When the phone that was answered began to ring."""
    rung: tuple[tuple[float, float], ...] = ()
    """From when until when phones rang for it in vain."""

    def rings(self) -> Iterator[float]:
        """When phones began to ring for it."""
        yield from (since for since, _ in self.rung)
        if self.turn is not None:
            yield self.turn


@dataclass(frozen=True)
class Deaf:
    """A phone without network, while the PBX rang it: it counts as a free agent of its queues until
    it says that it rings (`chan_pjsip.c`), so that the second in a queue may be asked before the
    first has looked again (`is_our_turn` of `app_queue.c`). The service ends such a ring."""

    queues: frozenset[str]
    since: float
    until: float


@dataclass
class Order:
    """What a comparison of all with all came to."""

    served: int = 0
    passed: int = 0
    """Served while another stood there whose turn came later by right."""
    excused: Counter[str] = field(default_factory=Counter)
    """Overtakings that are no injustice, by why."""
    wrong: list[str] = field(default_factory=list)


def order(stays: Sequence[Stay], slack: float, deaf: Sequence[Deaf] = ()) -> Order:
    """`slack`: seconds within which two turns count as one. The PBX looks at a queue once a second,
    so that two agents who are free at once may be rung in any order."""
    found = Order(served=sum(one.turn is not None for one in stays))
    rings = [(at, one.queue) for one in stays for at in one.rings()]
    for first, later in _pairs(stays, slack):
        assert later.turn is not None
        if first.turn is not None and first.turn <= later.turn:
            found.passed += 1
        elif why := _excuse(first, later, later.turn, slack):
            found.excused[why] += 1
        elif any(abs(at - later.turn) <= slack and queue != later.queue for at, queue in rings):
            # Two were free, so both were in turn; which of them another queue took is chance.
            why = "another queue took one of two agents in the same second"
            found.excused[why] += 1
        elif any(
            later.queue in one.queues and one.since - slack <= later.turn <= one.until + slack
            for one in deaf
        ):
            found.excused["the PBX took a phone without network for a free agent"] += 1
        else:
            found.wrong.append(
                f"{later.who} got an agent of {later.queue} at {later.turn:.1f}, before {first.who}"
                f" who had waited since {first.since:.1f} instead of {later.since:.1f}"
            )
    return found


def _pairs(stays: Sequence[Stay], slack: float) -> Iterator[tuple[Stay, Stay]]:
    """Who should go first, and who got an agent, while both stood in a queue."""
    for later in stays:
        for first in stays:
            if first.queue != later.queue or later.turn is None or first is later:
                continue
            earlier = first.priority > later.priority or (
                first.priority == later.priority and first.since < later.since - slack
            )
            if earlier and first.joined < later.turn < first.left and first.left > later.joined:
                yield first, later


def _excuse(first: Stay, later: Stay, turn: float, slack: float) -> str:
    if first.turn is not None and first.turn - turn <= slack:
        return "two agents rang in the same second"
    if any(since - slack <= turn <= until + 1 + slack for since, until in first.rung):
        return "its own agent's phone rang in vain just then"
    if turn - first.joined <= slack:
        return "it had come in the same second"
    if first.left - turn <= slack:
        return "it left in the same second"
    return ""
