"""A call as the steps see it: the caller's line, what is known so far, and where it is written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from config import speech
from config.queues import Queues
from config.settings_groups import Waiting as WaitingPolicy
from ivr.facts import CallbackPromised, Fact, StepTaken, TicketOpened
from ivr.ids import new_id
from ivr.ports import Desk, Hours, Line
from ivr.ports_queue import CallerMemory, QueueView
from ivr.session import Session
from ivr.slot_book import SlotBook
from ivr.training_book import TrainingBook


class Teller(Protocol):
    """`ivr.journal.Journal`, as the steps use it."""

    def tell(self, *facts: Fact) -> None: ...

    async def keep(self, *facts: Fact) -> None: ...


class Numbers(Protocol):
    """Ticket numbers that were set aside for this service."""

    def take(self) -> str | None:
        """The next one, never given twice; None when none is left."""


class Pins(Protocol):
    def of(self, ticket: UUID) -> str:
        """The four digits of a ticket; the same ones whenever asked."""

    def hashed(self, ticket: UUID) -> str:
        """What may be stored of it."""


class Messages(Protocol):
    """Voice messages that the PBX recorded."""

    async def keep(self, name: str) -> bool:
        """Store the message and tell the desk; False when nothing was said in it.

        Raises OSError when it cannot be stored now; the PBX then still has it."""

    async def discard(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class QueueSide:
    """Queues, as the steps need them."""

    board: QueueView
    memory: CallerMemory
    queues: Callable[[], Queues]
    """Those of now: they may change while the service runs."""
    policy: WaitingPolicy


@dataclass(frozen=True, slots=True)
class World:
    """Everything beyond the line that a conversation may need."""

    desk: Desk
    hours: Hours
    teller: Teller
    numbers: Numbers
    pins: Pins
    messages: Messages
    open_hours: Callable[[], speech.Week]
    """The usual week around today, from Monday to Sunday, in WIB."""
    queues: QueueSide
    slots: SlotBook
    trainings: TrainingBook


@dataclass(frozen=True, slots=True)
class Conversation:
    session: Session
    line: Line
    world: World

    def enter(self, step: str) -> None:
        """The call comes to a step: written to the channel and to the journal."""
        self.session.step = step
        self.note("entered")

    def note(self, event: str, detail: str = "") -> None:
        """Something happened within the step."""
        session = self.session
        session.seq += 1
        self.line.place(session.to_text(), promised=session.kept)
        self.world.teller.tell(
            StepTaken(
                id=new_id(),
                call=session.call,
                at=self.world.hours.now(),
                seq=session.seq,
                step=session.step,
                event=event,
                detail=detail,
            )
        )

    async def say(self, *words: str) -> None:
        await self.line.play(self.sounds(words))

    async def ask(self, words: Sequence[str], silence: float) -> str | None:
        """One key, or None for silence."""
        return await self.line.choose(self.sounds(words), silence)

    def sounds(self, words: Iterable[str]) -> list[str]:
        """Prompt ids, with the flow's DYNAMIC words put into those of the moment."""
        return [sound for word in words for sound in self._spoken(word)]

    def _spoken(self, word: str) -> list[str]:
        now = self.world.hours.now()
        match word:
            case "greeting":
                return [speech.greeting(now)]
            case "hours":
                return speech.hours(self.world.open_hours(), self.session.language)
            case "closed":
                return [self._why_closed()]
            case prompt:
                return [prompt]

    def _why_closed(self) -> str:
        closing = self.world.hours.closing(self.world.hours.now())
        match closing.reason if closing else "hours":
            case "holiday" | "closure":
                return "closed-today"
            case "emergency":
                return "closed-emergency"
            case _:
                return "closed"


def request(session: Session, world: World, reason: str = "request") -> list[Fact]:
    """The ticket of this call and, with a number to call, its callback.

    Its ids are put into the session before anything is written, so that a call that is taken up
    again writes the same ticket once more instead of a second one.
    """
    now = world.hours.now()
    if session.ticket is None:
        session.ticket, session.callback = new_id(), new_id()
        session.number = world.numbers.take() if reason == "request" else None
    assert session.callback is not None
    fields = dict(session.fields)
    opened = TicketOpened(
        id=new_id(),
        call=session.call,
        at=now,
        ticket=session.ticket,
        number=session.number,
        pin_hash=world.pins.hashed(session.ticket) if reason == "request" else None,
        category=fields.pop("category", "UMUM"),
        channel="phone",
        phone=session.phone,
        fields=fields,
        reason=reason,
        language=session.language,
    )
    if session.phone is None:
        return [opened]
    return [opened, call_back(session, world, session.phone, session.callback, session.ticket)]


def call_back(
    session: Session,
    world: World,
    phone: str,
    callback: UUID,
    ticket: UUID,
    slot: datetime | None = None,
) -> CallbackPromised:
    """The promise of a call, at the slot that the caller chose; else who waited keeps their place,
    and within the hours is next in turn."""
    now = world.hours.now()
    keeps = session.since is not None and world.hours.closing(now) is None
    return CallbackPromised(
        id=new_id(),
        call=session.call,
        at=now,
        callback=callback,
        ticket=ticket,
        phone=phone,
        type="slot" if slot else "keep_place" if keeps else "next_opening",
        due=slot or world.hours.next_opening(now) or now,
        since=session.since or session.began,
        queue=session.queue,
        priority=session.priority,
    )


def owed(session: Session, world: World) -> list[Fact]:
    """What becomes of a caller who hung up: a ticket, if they waited or had begun a request."""
    session.phone = session.phone or session.caller
    if not session.requesting or session.kept or session.phone is None:
        return []
    return request(session, world, reason="abandoned")
