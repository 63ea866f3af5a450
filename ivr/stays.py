"""A stay in a queue, and the facts of it. Their ids follow from the stay's, so that what is told
again after a restart, or by two who saw it, changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from ivr.facts_queue import AgentAnswered, QueueJoined, QueueLeft, RingMissed, TalkEnded
from ivr.ids import new_id


@dataclass(frozen=True, slots=True)
class Stay:
    """Of a caller, or of a callback's placeholder."""

    entry: UUID
    call: UUID
    """The caller's; the callback's id for a placeholder."""
    callback: UUID | None
    queue: str
    """As the PBX names it."""
    since: datetime
    """The original time that the place was earned by."""
    priority: int
    ours: bool
    """Put in by this service; others are seen, for they have a place, and not told of."""


def joined(stay: Stay, position: int, at: datetime) -> QueueJoined:
    return QueueJoined(
        id=uuid5(stay.entry, "joined"),
        call=stay.call,
        at=at,
        entry=stay.entry,
        callback=stay.callback,
        queue=stay.queue,
        since=stay.since,
        priority=stay.priority,
        position=position,
    )


def left(entry: UUID, call: UUID, how: str, at: datetime) -> QueueLeft:
    return QueueLeft(id=uuid5(entry, f"left/{how}"), call=call, at=at, entry=entry, how=how)


def answered(
    entry: UUID, call: UUID, agent: str, waited: float, rang: float, at: datetime
) -> tuple[QueueLeft, AgentAnswered]:
    """Both facts of an answer."""
    taken = AgentAnswered(
        id=uuid5(entry, "answered"),
        call=call,
        at=at,
        entry=entry,
        agent=agent,
        waited=waited,
        rang=rang,
    )
    return left(entry, call, "answered", at), taken


def talk_ended(
    entry: UUID, call: UUID, agent: str, talked: float, ended_by: str, at: datetime
) -> TalkEnded:
    return TalkEnded(
        id=uuid5(entry, f"talk/{ended_by}"),
        call=call,
        at=at,
        entry=entry,
        agent=agent,
        talked=talked,
        ended_by=ended_by,
    )


def ring_missed(stay: Stay, agent: str, rang: float, why: str, at: datetime) -> RingMissed:
    return RingMissed(
        id=new_id(), call=stay.call, at=at, entry=stay.entry, agent=agent, rang=rang, why=why
    )
