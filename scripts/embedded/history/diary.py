"""What is told of the history, as the phone side tells it: facts, in the order of their time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from config.calendar import WIB
from ivr.facts import Fact
from ivr.facts_queue import AgentAnswered, AgentChanged, CallDisposed, QueueLeft, TalkEnded

NOBODY = UUID(int=0)
NOON = 12


@dataclass
class Diary:
    """Draws everything from one `random`, so that a day is the same whenever it is told."""

    random: Random
    told: list[dict[str, Any]] = field(default_factory=list)

    def new_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def tell(self, kind: type[Fact], at: datetime, call: UUID = NOBODY, **values: Any) -> None:
        values.setdefault("id", self.new_id())
        self.told.append(kind(call=call, at=at, **values).to_json())

    def take(self) -> list[dict[str, Any]]:
        """What was told since this was asked last."""
        taken, self.told = self.told, []
        return taken

    def seconds(self, least: float, most: float) -> timedelta:
        """Mostly nearer to the least."""
        return timedelta(seconds=round(self.random.triangular(least, most, least), 1))


@dataclass
class Officer:
    """One of the demo's agents, on one day."""

    extension: str
    queues: frozenset[str]
    free: datetime
    """From when on."""
    leaves: datetime
    rested: bool = False

    def talks(
        self, diary: Diary, call: UUID, entry: UUID, joined: datetime, at: datetime, code: str
    ) -> datetime:
        """Tell of a talk that begins at `at`, with its wrap-up; when the caller is gone."""
        waited = (at - joined).total_seconds()
        gone = min(at + diary.seconds(60, 900), self.leaves)
        about: dict[str, Any] = {"entry": entry, "agent": self.extension}
        diary.tell(AgentAnswered, at, call, **about, waited=waited, rang=min(waited, 4.0))
        diary.tell(QueueLeft, at, call, entry=entry, how="answered")
        talked = (gone - at).total_seconds()
        by = diary.random.choice(("caller", "caller", "agent"))
        diary.tell(TalkEnded, gone, call, **about, talked=talked, ended_by=by)
        self._wraps_up(diary, gone)
        diary.tell(CallDisposed, gone + timedelta(seconds=5), **about, code=code)
        return gone

    def rests(self, diary: Diary, now: datetime) -> None:
        """The midday's break, once, when nobody is on the line."""
        local = now.astimezone(WIB)
        if self.rested or local.hour < NOON or self.free > now:
            return
        self.rested = True
        until = now + diary.seconds(1500, 2700)
        if until < self.leaves:
            self.changes(diary, now, "paused", "istirahat")
            self.changes(diary, until, "ready")
            self.free = until

    def changes(self, diary: Diary, at: datetime, state: str, reason: str = "") -> None:
        diary.tell(AgentChanged, at, agent=self.extension, state=state, reason=reason, by="phone")

    def _wraps_up(self, diary: Diary, since: datetime) -> None:
        self.free = since + diary.seconds(10, 40)
        if self.free < self.leaves:
            self.changes(diary, since, "wrapping_up")
            self.changes(diary, self.free, "ready")


def first_free(officers: list[Officer], queue: str, at: datetime) -> Officer | None:
    """Who takes the next of a queue: the one who is free first; None when all have left."""
    working = [one for one in officers if queue in one.queues and max(one.free, at) < one.leaves]
    return min(working, key=lambda one: one.free, default=None)
