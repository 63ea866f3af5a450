"""What Asterisk itself wrote of a shift: `queue_log` and the call detail records.

The counting here is independent of the service and its tables on purpose: it reads files of the
PBX's own making (Asterisk's documentation, "Queue Logs"; cdr_csv), and nothing of `ivr` or
`tickets`. Times are in whole seconds, as the PBX writes them.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PLACEHOLDER = "callback-"
"""Unique ids of callbacks' own channels begin so; callers' do not."""
LEFT_OTHERWISE = ("EXITWITHTIMEOUT", "EXITEMPTY", "WITHDRAW")


@dataclass(frozen=True)
class Line:
    at: int
    call: str
    queue: str
    member: str
    event: str
    data: tuple[str, ...]

    def number(self, nth: int) -> int:
        """A figure among the event's data, counted from 1."""
        return int(self.data[nth - 1])


def read_queue_log(path: Path) -> list[Line]:
    """All lines; raises ValueError for one that is none."""
    return [_line(text) for text in path.read_text(encoding="utf-8").splitlines() if text]


def _line(text: str) -> Line:
    at, call, queue, member, event, *data = text.split("|")
    return Line(int(at), call, queue, member, event, tuple(data))


@dataclass
class QueueCount:
    """Of callers, as `saluran report` counts them."""

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    key: int = 0
    otherwise: int = 0
    """Out by time, by closing, into another queue."""
    waited: int = 0
    talked: int = 0
    wrapped: int = 0


def count_queues(
    lines: Iterable[Line], service_level: Mapping[str, float]
) -> dict[str, QueueCount]:
    """By queue; `service_level` in seconds, 20 where none is named."""
    found: defaultdict[str, QueueCount] = defaultdict(QueueCount)
    for line in lines:
        if line.call.startswith(PLACEHOLDER) or line.call == "NONE" or line.call == "MANAGER":
            continue
        queue = found[line.queue]
        match line.event:
            case "ENTERQUEUE":
                queue.offered += 1
            case "CONNECT":
                queue.answered += 1
                queue.waited += line.number(1)
                queue.within += line.number(1) <= service_level.get(line.queue, 20)
            case "ABANDON":
                queue.abandoned += 1
            case "EXITWITHKEY":
                queue.key += 1
            case "COMPLETEAGENT" | "COMPLETECALLER":
                queue.talked += line.number(2)
            case other if other in LEFT_OTHERWISE:
                queue.otherwise += 1
    return dict(found)


@dataclass
class AgentCount:
    answered: int = 0
    missed: int = 0
    talked: int = 0
    changes: int = 0
    """Of state: each may be off by a second."""
    spent: Counter[str] = field(default_factory=Counter)
    """Seconds by state: `ready`, `paused`, `wrapping`."""


def count_agents(lines: Sequence[Line]) -> dict[str, AgentCount]:
    """By agent; callbacks' talks included. Their states are those in the queue of their own."""
    found: defaultdict[str, AgentCount] = defaultdict(AgentCount)
    now: dict[str, tuple[str, int]] = {}
    for line in lines:
        agent = found[line.member] if line.member.isdigit() else AgentCount()
        match line.event:
            case "CONNECT":
                agent.answered += 1
            case "RINGNOANSWER":
                agent.missed += 1
            case "COMPLETEAGENT" | "COMPLETECALLER":
                agent.talked += line.number(2)
            case "ADDMEMBER" | "REMOVEMEMBER" | "PAUSE" | "UNPAUSE" if line.queue.startswith(
                "agent-"
            ):
                _turn(agent, now, line.member, _state(line), line.at)
    for member in list(now):
        _turn(found[member], now, member, "out", lines[-1].at)
    return dict(found)


def _state(line: Line) -> str:
    match line.event:
        case "REMOVEMEMBER":
            return "out"
        case "PAUSE":
            return "wrapping" if line.data[0].startswith("wrap_up") else "paused"
        case _:
            return "ready"


def _turn(
    agent: AgentCount, now: dict[str, tuple[str, int]], member: str, state: str, at: int
) -> None:
    was, since = now.get(member, ("out", at))
    agent.spent[was] += at - since
    agent.changes += 1
    now[member] = (state, at)


@dataclass
class Stood:
    """One stay in a queue."""

    call: str
    queue: str
    caller: str
    entered: int
    left: int | None = None
    turn: int | None = None
    """When the phone that was answered began to ring."""
    agent: str = ""
    rung: list[tuple[int, int]] = field(default_factory=list)
    """From when until when a phone rang in vain."""


def stays(lines: Iterable[Line]) -> list[Stood]:
    """Of callers and of callbacks' placeholders."""
    found: list[Stood] = []
    standing: dict[tuple[str, str], Stood] = {}
    for line in lines:
        key = (line.call, line.queue)
        match line.event:
            case "ENTERQUEUE":
                standing[key] = Stood(line.call, line.queue, line.data[1], line.at)
                found.append(standing[key])
            case "RINGNOANSWER" | "RINGCANCELED" if key in standing:
                rang = line.number(1) // 1000
                standing[key].rung.append((line.at - rang, line.at))
            case "CONNECT" if key in standing:
                one = standing.pop(key)
                one.left, one.agent, one.turn = line.at, line.member, line.at - line.number(3)
            case "ABANDON" | "EXITWITHKEY" | "EXITWITHTIMEOUT" | "EXITEMPTY" | "WITHDRAW" if (
                key in standing
            ):
                standing.pop(key).left = line.at
    return found


@dataclass(frozen=True)
class Rung:
    """A phone that rang in vain."""

    agent: str
    queues: frozenset[str]
    """All that the agent is ever in."""
    since: int
    until: int


def rung_in_vain(lines: Sequence[Line]) -> Iterator[Rung]:
    queues: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.event == "ADDMEMBER":
            queues[line.member].add(line.queue)
    for line in lines:
        if line.event in ("RINGNOANSWER", "RINGCANCELED"):
            since = line.at - line.number(1) // 1000
            yield Rung(line.member, frozenset(queues[line.member]), since, line.at)


@dataclass(frozen=True)
class Record:
    """One of `Master.csv`, as far as it is needed."""

    source: str
    context: str
    channel: str
    other: str
    application: str
    disposition: str
    uniqueid: str


def read_cdr(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield Record(row[1], row[3], row[5], row[6], row[7], row[14], row[16])


def callers(records: Iterable[Record]) -> dict[str, str]:
    """The number of each who rang in, by unique id."""
    return {one.uniqueid: one.source for one in records if one.channel.startswith("PJSIP/trunk-")}


def spoke(records: Iterable[Record]) -> set[str]:
    """The unique ids of callers who were connected with an agent's phone."""
    return {
        one.uniqueid
        for one in records
        if one.application == "Queue"
        and one.channel.startswith("PJSIP/trunk-")
        and one.disposition == "ANSWERED"
        and one.other.startswith("PJSIP/6")
    }


def dials(records: Iterable[Record]) -> int:
    """How often a person's phone was dialled."""
    return sum(one.application == "Dial" and "PJSIP/carrier" in one.other for one in records)
