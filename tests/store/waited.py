"""Stays in a queue as the phone side tells them, in the words of the domain."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ivr import facts, facts_queue
from ivr.ids import new_id
from tests.store.told import FRIDAY_3, Call, Json


@dataclass
class Stay:
    """One stay; `of` is the caller's call or the callback."""

    of: UUID
    callback: bool = False
    at: datetime = FRIDAY_3
    entry: UUID = field(default_factory=new_id)
    told: list[Json] = field(default_factory=list)

    @classmethod
    def of_call(cls, call: Call) -> "Stay":
        return cls(call.id, at=call.at)

    def joins(
        self,
        queue: str = "umum",
        since: datetime | None = None,
        priority: int = 0,
        position: int = 1,
    ) -> "Stay":
        self._tell(
            facts_queue.QueueJoined,
            entry=self.entry,
            callback=self.of if self.callback else None,
            queue=queue,
            since=since or self.at,
            priority=priority,
            position=position,
        )
        return self

    def leaves(self, how: str, after: float = 0) -> "Stay":
        self._passes(after)
        self._tell(facts_queue.QueueLeft, entry=self.entry, how=how)
        return self

    def is_answered(self, agent: str = "6001", after: float = 0) -> "Stay":
        self._passes(after)
        self._tell(
            facts_queue.AgentAnswered, entry=self.entry, agent=agent, waited=float(after), rang=2.0
        )
        return self.leaves("answered")

    def talks(self, seconds: float, agent: str = "6001", ended_by: str = "caller") -> "Stay":
        self._passes(seconds)
        self._tell(
            facts_queue.TalkEnded,
            entry=self.entry,
            agent=agent,
            talked=float(seconds),
            ended_by=ended_by,
        )
        return self

    def is_missed(self, agent: str = "6001", why: str = "no_answer") -> "Stay":
        self._tell(facts_queue.RingMissed, entry=self.entry, agent=agent, rang=20.0, why=why)
        return self

    def is_disposed(self, code: str, agent: str = "6001") -> "Stay":
        self._tell(facts_queue.CallDisposed, entry=self.entry, agent=agent, code=code)
        return self

    def is_recorded(self, agent: str = "6001") -> UUID:
        recording = new_id()
        self._tell(
            facts_queue.TalkRecorded,
            recording=recording,
            entry=self.entry,
            name=f"{recording}.bin",
            seconds=60.0,
            size=960_000,
            sha256="cd" * 32,
        )
        return recording

    def _passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def _tell(self, kind: type[facts.Fact], **values: Any) -> None:
        self.told.append(kind(id=new_id(), call=self.of, at=self.at, **values).to_json())


def presence(agent: str, state: str, at: datetime, reason: str = "", by: str = "phone") -> Json:
    return facts_queue.AgentChanged(
        id=new_id(), call=UUID(int=0), at=at, agent=agent, state=state, reason=reason, by=by
    ).to_json()


def rating(call: UUID, agent: str, score: int, at: datetime = FRIDAY_3) -> Json:
    return facts_queue.CallRated(id=new_id(), call=call, at=at, agent=agent, score=score).to_json()


def tried(
    callback: UUID,
    attempt: UUID,
    result: str,
    *,
    at: datetime,
    again: datetime | None = None,
    talked: float = 0.0,
    agent: str = "6001",
) -> Json:
    return facts_queue.CallbackTried(
        id=attempt,
        call=callback,
        at=at,
        attempt=attempt,
        callback=callback,
        agent=agent,
        phone="+6281234567890",
        result=result,
        talked=talked,
        again=again,
    ).to_json()


def moved(
    callback: UUID,
    due: datetime,
    at: datetime,
    call: UUID | None = None,
    type: str = "",  # noqa: A002
) -> Json:
    return facts_queue.CallbackMoved(
        id=new_id(),
        call=call or UUID(int=0),
        at=at,
        callback=callback,
        due=due,
        by="caller",
        type=type,
    ).to_json()


def cancelled(callback: UUID, at: datetime, call: UUID | None = None) -> Json:
    return facts_queue.CallbackCancelled(
        id=new_id(), call=call or UUID(int=0), at=at, callback=callback, by="caller"
    ).to_json()
