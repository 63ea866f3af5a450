"""What a call needs of the world beyond the phone. The composition root in `scripts` fits these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ivr.ports_queue import QueueExit, QueuePlace


class DeskAway(Exception):
    """PostgreSQL cannot be reached just now; the caller of this decides what to do without it."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a phone number before the first word is spoken."""

    language: str | None
    live_callback: "LiveCallback | None"


@dataclass(frozen=True, slots=True)
class LiveCallback:
    id: UUID
    ticket: UUID
    number: str
    due: datetime
    slot: datetime | None = None
    """The time that the person chose; None when they chose none."""


@dataclass(frozen=True, slots=True)
class TicketState:
    """What a caller with number and PIN may hear."""

    number: str
    status: str
    """One of the life cycle's statuses, e.g. `proses`."""
    deadline: datetime | None
    callback: datetime | None
    """When the live callback of the ticket is due, if there is one."""
    callback_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call whose row has no end yet."""

    id: UUID
    uniqueid: str
    phone: str | None
    began: datetime
    step: str
    """The last step it came to; empty when none was written."""
    ticketed: bool
    """A ticket of this call exists."""
    spoke: bool = False
    """An agent answered the caller."""
    since: datetime | None = None
    """Since when they waited in the queue in which the PBX lost them; None when it did not."""
    queue: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Training:
    """A session that a caller may sign up for."""

    id: UUID
    city: str
    starts: datetime
    zone: str
    """WIB, WITA or WIT: in which its time is told."""
    free: int
    """Seats; without one who signs up is on the waiting list."""


class Desk(Protocol):
    """The ticket side as the phone side sees it. Every method raises `DeskAway`."""

    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
        """Write facts (`Fact.to_json()`) in order, each once, in one transaction.

        A fact that PostgreSQL refuses for its content (not for being away) is put aside in the
        table `fact_refused` with the reason and logged; it never blocks those behind it.
        """

    async def person(self, phone: str) -> Person: ...

    async def ticket_state(self, number: str, pin: str, caller: str) -> TicketState | None:
        """None for an unknown number and for a wrong PIN alike, and while `caller` (E.164, or the
        channel's id when withheld) or `number` has used up its tries."""

    async def number_block(self, year: int) -> range:
        """Take the next block of ticket sequence numbers of that year; never handed out twice."""

    async def closures(self) -> list[tuple[datetime, datetime | None, str]]:
        """Emergency closures that are not lifted: from, until (None: until lifted), reason."""

    async def trainings(self, now: datetime, most: int) -> Sequence[Training]:
        """The next ones that begin after `now`, in their order."""

    async def training_place(self, training: UUID, phone: str) -> str | None:
        """`seated` or `waiting`; None for a phone that is not on its list."""

    async def open_calls(self, pbx: str) -> Sequence[OpenCall]:
        """The calls that began on `pbx` and have no end yet."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Why the line is closed now."""

    reason: str
    """`hours`, `break`, `holiday`, `closure`, `emergency`."""
    name: str
    """The holiday's or the override's name; empty for plain hours."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording on the PBX came to."""

    end: str
    """`key`, `silence`, `timeout`, `hangup`, or `failed` when the PBX could not write it."""
    name: str
    """The file's name in the PBX's folder for messages, without its ending (`.wav`)."""


class Line(Protocol):
    """The caller's ear and fingers. Every method raises `CallerHungUp` (ivr.errors).

    Sounds are prompt ids of the catalogue or of `config.speech`, played in the line's language.
    """

    async def play(self, sounds: Sequence[str]) -> None:
        """Play to the end; keys do nothing."""

    async def choose(self, sounds: Sequence[str], silence: float) -> str | None:
        """Play until a key is pressed (barge-in), then wait `silence` seconds for one.

        Returns the key, one of `0123456789*#ABCD`, or None."""

    async def digits(self, sounds: Sequence[str], most: int, silence: float) -> str | None:
        """Keys up to `#` or `most` of them, with barge-in; None when nothing was pressed."""

    async def record(self, name: str, seconds: int, silence: int) -> Recorded:
        """Record after a tone into the PBX's folder, ended by `#`, silence or time."""

    async def replay(self, name: str) -> None:
        """Play back what `record` wrote."""

    async def staffed(self, queue: str) -> bool:
        """Whether any agent is logged in to the queue."""

    async def enqueue(self, place: QueuePlace) -> QueueExit:
        """Stand in a queue until it is left, by an answer too."""

    async def left_queue(self) -> QueueExit | None:
        """How the queue was left that the caller stood in when an earlier life of this service
        ended, waiting for that if need be; None when they had not come to it."""

    def place(self, state: str, *, promised: bool) -> None:
        """Leave the call's state (`Session.to_text`) with the channel, with the next command.

        `promised`: the caller holds a promise, so that the PBX alone would make no second one."""

    async def speak(self, language: str) -> None:
        """The language of all sounds from here on."""

    async def hang_up(self) -> None: ...


class Hours(Protocol):
    """The calendar with the service's clock."""

    def now(self) -> datetime:
        """The service's idea of now, aware."""

    def closing(self, at: datetime) -> Closing | None:
        """None when open."""

    def next_opening(self, after: datetime) -> datetime | None:
        """The first moment at or after `after` that is open; None if none within 400 days."""
