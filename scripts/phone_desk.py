"""The ticket side as the phone side knows it, with errors in the phone side's words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from config.queues import Queues
from ivr.ports import DeskAway, LiveCallback, OpenCall, Person, TicketState, Training
from ivr.ports_queue import Agent, DueCallback, LastTalk
from tickets import callbacks
from tickets.agents import Agents
from tickets.desk import PostgresDesk
from tickets.errors import StoreAway
from tickets.store import Store
from tickets.talks import Talks


class PhoneDesk:
    """Fits `ivr.ports.Desk`."""

    def __init__(self, desk: PostgresDesk) -> None:
        self._desk = desk

    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
        with desk_away():
            await self._desk.apply(facts)

    async def person(self, phone: str) -> Person:
        with desk_away():
            person = await self._desk.person(phone)
        live = person.live_callback
        return Person(
            person.language,
            LiveCallback(**asdict(live)) if live else None,
        )

    async def ticket_state(self, number: str, pin: str, caller: str) -> TicketState | None:
        with desk_away():
            state = await self._desk.ticket_state(number, pin, caller)
        if state is None:
            return None
        return TicketState(**asdict(state))

    async def number_block(self, year: int) -> range:
        with desk_away():
            return await self._desk.number_block(year)

    async def closures(self) -> list[tuple[datetime, datetime | None, str]]:
        with desk_away():
            return await self._desk.closures()

    async def trainings(self, now: datetime, most: int) -> list[Training]:
        with desk_away():
            found = await self._desk.trainings(now, most)
        return [Training(**asdict(one)) for one in found]

    async def training_place(self, training: UUID, phone: str) -> str | None:
        with desk_away():
            return await self._desk.training_place(training, phone)

    async def open_calls(self, pbx: str) -> list[OpenCall]:
        with desk_away():
            calls = await self._desk.open_calls(pbx)
        return [OpenCall(**asdict(call)) for call in calls]


class PhoneCallbacks:
    """Fits `CallbackDesk` and `CallerMemory` of `ivr.ports_queue`, and `ivr.slot_book.Bookings`."""

    def __init__(self, desk: callbacks.Callbacks, queues: Callable[[], Queues]) -> None:
        """`queues` tells those of now: they may change while the service runs."""
        self._desk = desk
        self._queues = queues

    async def last_talk(self, phone: str) -> LastTalk | None:
        with desk_away():
            talk = await self._desk.last_talk(phone)
        return LastTalk(talk.agent, talk.at) if talk else None

    async def calls_today(self, phone: str) -> int:
        with desk_away():
            return await self._desk.calls_today(phone)

    async def claim_due(self, now: datetime, most: int, by: str) -> list[DueCallback]:
        with desk_away():
            return [self._due(one) for one in await self._desk.claim_due(now, most, by)]

    async def claimed(self, by: str) -> list[DueCallback]:
        with desk_away():
            return [self._due(one) for one in await self._desk.claimed(by)]

    async def mark_dialling(self, callback: UUID, attempt: UUID) -> bool:
        with desk_away():
            return await self._desk.mark_dialling(callback, attempt)

    async def release(self, callback: UUID, attempt: UUID, due: datetime) -> None:
        with desk_away():
            await self._desk.release(callback, attempt, due)

    async def booked(self, first: datetime, last: datetime) -> dict[datetime, int]:
        with desk_away():
            return await self._desk.booked(first, last)

    def _due(self, one: callbacks.DueCallback) -> DueCallback:
        """With the PBX's name of the queue: the one it was asked for in, if there still is one,
        or that of the ticket's category."""
        queues = self._queues()
        name = queues.named(one.queue) or queues.of_category(one.topic)
        return DueCallback(**asdict(one) | {"queue": queues.on_pbx(name, one.language)})


class PhoneAgents:
    """Call it for those who may take calls now; raises `DeskAway`."""

    def __init__(self, store: Store) -> None:
        self._agents = Agents(store)

    async def __call__(self) -> list[Agent]:
        with desk_away():
            return [Agent(**asdict(agent)) for agent in await self._agents.all()]


class PhoneTalks:
    """Fits `ivr.last_talks.TalkDesk`."""

    def __init__(self, store: Store) -> None:
        self._talks = Talks(store)

    async def last_entry(self, agent: str) -> UUID | None:
        with desk_away():
            return await self._talks.last_entry(agent)


@contextmanager
def desk_away() -> Iterator[None]:
    """The store's absence, in the phone side's words."""
    try:
        yield
    except StoreAway as away:
        raise DeskAway(str(away)) from away
