"""One call of the history, from the first word to the last."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ivr.facts import (
    CallbackPromised,
    CallBegan,
    CallEnded,
    ConsentGiven,
    LanguageChosen,
    StepTaken,
    TicketOpened,
)
from ivr.facts_queue import CallRated, QueueJoined, QueueLeft
from ivr.ids import call_id
from scripts.embedded.history.cast import WAYS, Caller, fields
from scripts.embedded.history.diary import Diary, Officer, first_free

PBX = "demo-history"
"""No PBX of this name has records, so the audit of the demo's own is not asked about these."""
FLOW = "hotline@demo0000"
CODES = {"GANTI": "11", "STOK": "21", "DARING": "41", "SELUNDUP": "51", "TERTIB": "61"}


@dataclass
class Call:
    """`at` is how far the story has come."""

    diary: Diary
    who: Caller
    at: datetime
    number: int
    """Of its day."""
    withheld: bool = False
    id: UUID = field(init=False)
    _seq: int = 0
    _step: str = "opening"

    def __post_init__(self) -> None:
        uniqueid = f"{int(self.at.timestamp())}.{self.number}"
        self.id = call_id(PBX, uniqueid)
        caller = "anonymous" if self.withheld else "0" + self.who.phone.removeprefix("+62")
        self._tell(
            CallBegan,
            pbx=PBX,
            uniqueid=uniqueid,
            caller=caller,
            phone=self.phone,
            dialled="1500587",
            flow=FLOW,
        )
        self._enters("opening", 1)

    @property
    def phone(self) -> str | None:
        return None if self.withheld else self.who.phone

    def in_hours(self, category: str, officers: list[Officer]) -> None:
        """Through the menu, perhaps only a part of the way, and to an officer if there is one."""
        way, random = WAYS[category], self.diary.random
        self._greets()
        for step, key in way.keys:
            self._enters(step, random.uniform(6, 14))
            if random.random() < 0.04:
                return self._ends("hung_up", 3)
            self._presses(key, random.uniform(2, 9))
        self._enters(way.step, 1)
        if not way.queue:
            self._enters("more", 22)
            return self._ends("information", 4)
        return self._waits(category, officers)

    def after_hours(self, opening: datetime | None) -> None:
        """A promise for that opening; with None the caller only hears the hours."""
        self._enters("closed", 1)
        self._enters("closed-menu", 14)
        if opening is None or self.withheld:
            return self._ends("hung_up", 3)
        self._presses("1", 3)
        self._request("UMUM", "request", "next_opening", opening)
        return self._says_goodbye("promise")

    def _greets(self) -> None:
        self._enters("greeting", 1)
        self._enters("consent", 6)
        granted = self.diary.random.random() < 0.7
        self._presses("1" if granted else "2", 5)
        self._tell(ConsentGiven, phone=self.phone, purpose="record", granted=granted)
        if self.who.language == "en":
            self._enters("main", 2)
            self._presses("9", 3)
            self._tell(LanguageChosen, phone=self.phone, language="en")

    def _waits(self, category: str, officers: list[Officer]) -> None:
        """In the queue: until an officer is free, patience ends, or a call back seems better."""
        skill, joined, random = WAYS[category].queue, self.at, self.diary.random
        # The PBX's name of the queue, or of its twin for another language.
        queue = skill if self.who.language == "id" else f"{skill}-{self.who.language}"
        entry = self.diary.new_id()
        self._tell(
            QueueJoined,
            entry=entry,
            callback=None,
            queue=queue,
            since=joined,
            priority=0,
            position=1 + sum(one.free > joined for one in officers),
        )
        officer = first_free(officers, skill, joined)
        rings = self.diary.seconds(3, 9)
        patience = self.diary.seconds(25, 240)
        answered = max(joined, officer.free) + rings if officer else joined + patience * 2
        if officer and answered < joined + patience and answered < officer.leaves:
            code = CODES.get(category, "01") if random.random() < 0.8 else "02"
            self.at = officer.talks(self.diary, self.id, entry, joined, answered, code)
            if random.random() < 0.6:
                self._opens(category, "request")
            if random.random() < 0.3:
                score = random.choice((3, 4, 4, 5, 5))
                self._tell(CallRated, agent=officer.extension, score=score)
            return self._ends("agent", 0)
        self.at = joined + patience
        if random.random() < 0.5 and not self.withheld:
            self._leaves(entry, "key")
            self._request(category, "request", "keep_place", self.at, queue, joined)
            return self._says_goodbye("promise")
        self._leaves(entry, "abandoned")
        if not self.withheld:
            self._request(category, "abandoned", "next_opening", self.at, queue, joined)
        return self._ends("hung_up", 0)

    def _leaves(self, entry: UUID, how: str) -> None:
        self._tell(QueueLeft, entry=entry, how=how)

    def _opens(self, category: str, reason: str) -> UUID:
        ticket = self.diary.new_id()
        self._tell(
            TicketOpened,
            ticket=ticket,
            number=None,
            pin_hash=None,
            category=category,
            channel="phone",
            phone=self.phone,
            fields=fields(category, self.who, self.diary.random),
            reason=reason,
            language=self.who.language,
        )
        return ticket

    def _request(
        self,
        category: str,
        reason: str,
        kind: str,
        due: datetime,
        queue: str = "",
        since: datetime | None = None,
    ) -> None:
        if reason == "request":
            self._enters("number", 2)
            self._note("confirmed", "", 6)
            self._enters("promise", 1)
        self._tell(
            CallbackPromised,
            callback=self.diary.new_id(),
            ticket=self._opens(category, reason),
            phone=self.who.phone,
            type=kind,
            due=due,
            since=since or self.at,
            queue=queue,
        )

    def _says_goodbye(self, outcome: str) -> None:
        self._enters("message-offer", 12)
        self._presses("2", 4)
        self._enters("more", 1)
        self._presses("2", 4)
        self._enters("goodbye", 1)
        self._ends(outcome, 4)

    def _ends(self, outcome: str, after: float) -> None:
        self._passes(after)
        self._tell(CallEnded, outcome=outcome, step=self._step)

    def _enters(self, step: str, after: float) -> None:
        self._step = step
        self._note("entered", "", after)

    def _presses(self, key: str, after: float) -> None:
        self._note("key", key, after)

    def _note(self, event: str, detail: str, after: float) -> None:
        self._passes(after)
        self._seq += 1
        self._tell(StepTaken, seq=self._seq, step=self._step, event=event, detail=detail)

    def _passes(self, seconds: float) -> None:
        self.at += timedelta(seconds=round(seconds, 1))

    def _tell(self, kind: type[Any], **values: Any) -> None:
        self.diary.tell(kind, self.at, self.id, **values)
