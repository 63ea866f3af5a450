"""The figures of `saluran report`, and the same from the PBX's own files."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.shift import pbx_logs
from tests.shift.evidence import Evidence
from tests.shift.house import SERVICE_LEVEL
from tests.shift.proof_of_promises import EARLY, talked

COUNTED = ("offered", "answered", "within", "abandoned", "key", "waited", "talked")
STATES = ("ready", "paused", "wrapping")


@dataclass(frozen=True)
class Figure:
    of: str
    name: str
    reported: float
    counted: float
    slack: float = 0.0
    """By which they may differ: the last digit that is told, or a second for each change."""

    @property
    def equal(self) -> bool:
        return abs(self.reported - self.counted) <= self.slack

    @property
    def nothing(self) -> bool:
        return not self.reported and not self.counted


def figures(found: Evidence) -> list[Figure]:
    return [*_queues(found), *_agents(found), *_callbacks(found)]


def _queues(found: Evidence) -> Iterator[Figure]:
    levels = {line.queue: SERVICE_LEVEL for line in found.lines if not _own(line.queue)}
    counts = pbx_logs.count_queues(found.lines, levels)
    for queue in sorted({*counts, *found.rows.queues}):
        told = found.rows.queues.get(queue, defaultdict(float))
        mine = counts.get(queue, pbx_logs.QueueCount())
        for name in COUNTED:
            yield Figure(queue, name, told[name], getattr(mine, name))
        # The PBX's words for these ways out are others.
        out = told["timeout"] + told["closed"] + told["moved"]
        yield Figure(queue, "timeout + closed + moved", out, mine.otherwise)
        yield Figure(queue, "waiting + other", told["waiting"] + told["other"], 0)
        level = _ratio(mine.within, mine.answered + mine.abandoned)
        yield Figure(queue, "service_level", told["service_level"], level, 0.00005)
        speed = _ratio(mine.waited, mine.answered)
        yield Figure(queue, "speed_of_answer", told["speed_of_answer"], speed, 0.0501)
        talk = _ratio(told["talked"] + told["wrapped"], told["answered"])
        yield Figure(queue, "handle_time", told["handle_time"], talk, 0.0501)


def _agents(found: Evidence) -> Iterator[Figure]:
    counts = pbx_logs.count_agents(found.lines)
    for agent in sorted({*counts, *found.rows.agents}):
        told = found.rows.agents.get(agent, defaultdict(float))
        mine = counts.get(agent, pbx_logs.AgentCount())
        for name in ("answered", "missed", "talked"):
            yield Figure(agent, name, told[name], getattr(mine, name))
        for state in STATES:
            yield Figure(agent, state, told[state], mine.spent[state], mine.changes)


def _callbacks(found: Evidence) -> Iterator[Figure]:
    told = found.rows.promises.values()
    tries = sum(one["tries"] for one in told)
    yield Figure("callbacks", "tries", tries, pbx_logs.dials(found.records))
    talks = sum(talked(leg) >= EARLY for leg in found.diary.person_legs)
    yield Figure("callbacks", "kept", sum(one["kept"] for one in told), talks)


def _own(queue: str) -> bool:
    return queue.startswith("agent-")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
