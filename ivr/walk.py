"""Trying a menu: the real flow, interpreter and calendar, with a desk that keeps nothing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config import speech
from config.queues import Queues
from config.settings_groups import Waiting as WaitingPolicy
from ivr.conversation import Conversation, QueueSide, World, owed
from ivr.errors import CallerHungUp
from ivr.facts import (
    CallbackPromised,
    ConsentGiven,
    Fact,
    LanguageChosen,
    StepTaken,
    TicketOpened,
)
from ivr.facts_queue import CallbackCancelled, CallbackMoved
from ivr.facts_training import TrainingAsked
from ivr.flow import Flow
from ivr.follow import follow
from ivr.ids import new_id
from ivr.ports import Hours, Line, OpenCall, Person, TicketState, Training
from ivr.ports_queue import LastTalk, Ranked
from ivr.session import Outcome, Session
from ivr.slot_book import SlotBook
from ivr.training_book import TrainingBook

Show = Callable[[str], None]
Hear = Callable[[Fact], None]

NUMBER, PIN = "26000018", "1234"
"""What a walk's ticket is called; no real ticket has them."""


async def walk(
    flow: Flow,
    line: Line,
    hours: Hours,
    open_hours: speech.Week,
    queues: Queues,
    slots: SlotBook,
    caller: str | None,
    show: Show = lambda _: None,
    hear: Hear | None = None,
) -> Outcome:
    """Walk `flow` as `caller` (E.164, None when withheld), showing what would be written; with
    `hear` that is given each fact instead."""
    teller, paper = DryTeller(hear or _shown(show)), DryPaper()
    desk = DryDesk(hours)
    side = QueueSide(DryBoard(), desk, lambda: queues, WaitingPolicy())
    trainings = TrainingBook(desk, hours.now)
    world = World(
        desk, hours, teller, paper, paper, paper, lambda: open_hours, side, slots, trainings
    )
    session = Session(
        call=new_id(), flow=str(flow), began=hours.now(), language="id", caller=caller
    )
    talk = Conversation(session, line, world)
    try:
        await follow(flow, talk)
        await line.hang_up()
    except CallerHungUp:
        show("☎ the caller hangs up")
        teller.tell(*owed(session, world))
    return session.outcome


class DryDesk:
    """A desk that knows nobody and one ticket, and writes nothing."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours

    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
        """Nothing is written."""

    async def person(self, phone: str) -> Person:
        return Person(language=None, live_callback=None)

    async def ticket_state(self, number: str, pin: str, caller: str) -> TicketState | None:
        if (number, pin) != (NUMBER, PIN):
            return None
        now = self._hours.now()
        return TicketState(
            number=NUMBER,
            status="proses",
            deadline=None,
            callback=self._hours.next_opening(now) or now,
            callback_id=new_id(),
        )

    async def number_block(self, year: int) -> range:
        return range(1, 2)

    async def closures(self) -> list[tuple[datetime, datetime | None, str]]:
        return []

    async def trainings(self, now: datetime, most: int) -> Sequence[Training]:
        """One a month ahead in Bandung with seats, and a full one two weeks later elsewhere."""
        first = now.astimezone(speech.WIB).replace(hour=9, minute=0, second=0, microsecond=0)
        return [
            Training(new_id(), "Bandung", first + timedelta(days=30), "WIB", 12),
            Training(new_id(), "Sorong", first + timedelta(days=44), "WIT", 0),
        ][:most]

    async def training_place(self, training: UUID, phone: str) -> str | None:
        return "seated"

    async def open_calls(self, pbx: str) -> Sequence[OpenCall]:
        return []

    async def last_talk(self, phone: str) -> LastTalk | None:
        return None

    async def calls_today(self, phone: str) -> int:
        return 0


class DryBookings:
    """Slots that nobody has chosen."""

    async def booked(self, first: datetime, last: datetime) -> Mapping[datetime, int]:
        return {}


class DryBoard:
    """Queues in which nobody else waits."""

    def waiting(self, queue: str) -> Sequence[Ranked]:
        return ()

    def free(self, queue: str) -> int:
        return 0

    def expected_minutes(self, queue: str, position: int, wrap_up: int) -> int | None:
        return None

    def agent_of(self, entry: UUID) -> str | None:
        return None

    def came_back(self, entry: UUID) -> None:
        """Nobody talked."""

    def left(self, entry: UUID, call: UUID, how: str) -> None:
        """Nothing is told."""

    def door(self, queue: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def expect(self, entry: UUID, call: UUID, queue: str, since: datetime, priority: int) -> None:
        """There is no queue."""

    async def joined(self, entry: UUID) -> None:
        """There is no queue."""

    async def caught_up(self) -> None:
        """There are no events."""


class DryTeller:
    """A journal that shows what it would keep."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear

    def tell(self, *facts: Fact) -> None:
        for fact in facts:
            self._hear(fact)

    async def keep(self, *facts: Fact) -> None:
        self.tell(*facts)


class DryPaper:
    """The one number and PIN, and messages that nobody recorded."""

    def take(self) -> str | None:
        return NUMBER

    def of(self, ticket: UUID) -> str:
        return PIN

    def hashed(self, ticket: UUID) -> str:
        return ""

    async def keep(self, name: str) -> bool:
        return True

    async def discard(self, name: str) -> None:
        """There is nothing to discard."""


def _shown(show: Show) -> Hear:
    def hear(fact: Fact) -> None:
        if words := _words(fact):
            show(words)

    return hear


def _words(fact: Fact) -> str | None:
    match fact:
        case StepTaken(event="entered", step=step):
            return f"── {step}"
        case TicketOpened(category=category, phone=phone, fields=fields, reason=reason):
            noted = "".join(f", {name} {value}" for name, value in fields.items())
            return f"✎ ticket {category}{noted}, call back {phone or 'nobody'} ({reason})"
        case CallbackPromised(due=due) | CallbackMoved(due=due):
            return f"✎ callback due {due.astimezone(speech.WIB):%Y-%m-%d %H:%M} WIB"
        case TrainingAsked():
            return "✎ sign-up for a training"
        case CallbackCancelled():
            return "✎ callback cancelled"
        case ConsentGiven(purpose=purpose, granted=granted):
            return f"✎ consent to {purpose}: {'yes' if granted else 'no'}"
        case LanguageChosen(language=language):
            return f"✎ language {language}"
        case _:
            return None
