"""Trainings: sessions and their seats, who comes, who waits for a seat, who is owed a word."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from config.phones import normalise
from tickets.cases.seen import seen
from tickets.cases.tickets import TicketUnknown
from tickets.errors import TicketError, Unacceptable
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store
from tickets.training import sign_up

Zone = Literal["WIB", "WITA", "WIT"]
State = Literal["seated", "waiting", "cancelled"]
Place = tuple[datetime, UUID]
MOST_OWED = 200
FARTHEST = timedelta(days=732)
"""From now to the beginning of a session."""
LONGEST = timedelta(days=31)


class TrainingUnknown(TicketError):
    """There is no such session, or no such sign-up."""


class TrainingChanged(TicketError):
    """Somebody else changed it first; read it again."""


class TrainingOver(TicketError):
    """It was called off, or has begun: nobody is signed up any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTraining:
    """A session as it is to be; times are aware, `zone` is the one in which they are told."""

    title: str
    city: str
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: Zone
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLine(NewTraining):
    id: UUID
    taken: int
    waiting: int
    """People for whom there is no seat yet."""
    cancelled_at: datetime | None
    cancelled_why: str
    made_by: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """Somebody who wants to come."""

    id: UUID
    session: UUID
    person: UUID | None
    name: str | None
    phone: str | None
    channel: str
    state: State
    asked_at: datetime
    told: State | None
    """What they know; while it is not their state somebody owes them a word."""
    told_at: datetime | None
    reminded_at: datetime | None
    attended: bool | None
    attended_by: str
    by_whom: str
    ticket: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Somebody who does not know how it stands with their seat."""

    id: UUID
    session: UUID
    person: UUID | None
    name: str | None
    phone: str | None
    state: State
    told: State | None
    title: str
    city: str
    starts_at: datetime
    zone: Zone
    called: str | None
    """The state of the call that is to tell them, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A person's, as their page shows it."""

    id: UUID
    session: UUID
    state: State
    attended: bool | None
    title: str
    city: str
    starts_at: datetime
    zone: Zone


@dataclass(frozen=True, slots=True)
class Trainings:
    """Every method raises NotAllowed and StoreAway; those that name a session or a sign-up also
    TrainingUnknown, and those with a version TrainingChanged."""

    store: Store
    clock: Callable[[], datetime]

    async def page(
        self, actor: Actor, *, past: bool, after: Place | None, limit: int
    ) -> list[TrainingLine]:
        """What is to come, the next first; or what has been, the last first."""
        actor.need(Right.TRAINING_READ)
        name = "page_past_trainings" if past else "page_trainings"
        async with self.store.connection() as connection:
            given = (self.clock(), *(after or (None, None)), limit)
            rows = await connection.fetch(SQL[name], *given)
        return [TrainingLine(**row) for row in rows]

    async def read(self, actor: Actor, training: UUID) -> TrainingLine:
        actor.need(Right.TRAINING_READ)
        async with self.store.connection() as connection:
            return await _read(connection, training)

    async def signups(self, actor: Actor, training: UUID) -> list[Signup]:
        """Who comes, then who waits, each in the order in which they asked; then who will not."""
        actor.need(Right.TRAINING_READ)
        async with self.store.connection() as connection:
            await _read(connection, training)
            rows = await connection.fetch(SQL["signups_of_training"], training)
        return [Signup(**_seen(actor, row)) for row in rows]

    async def owed(self, actor: Actor) -> list[Owed]:
        """Whom somebody has to tell, those of the next session first."""
        actor.need(Right.TRAINING_SIGN_UP)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["owed_signups"], MOST_OWED)
        return [Owed(**_seen(actor, row)) for row in rows]

    async def of_person(self, actor: Actor, person: UUID) -> list[Training]:
        """The last ones first; none for who may not read them."""
        if not (actor.may(Right.TRAINING_READ) and actor.may(Right.PEOPLE_READ)):
            return []
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["trainings_of_person"], person)
        return [Training(**row) for row in rows]

    async def add(self, actor: Actor, new: NewTraining, id: UUID | None = None) -> TrainingLine:  # noqa: A002
        """With an `id` that was used already it is that session. Raises Unacceptable."""
        actor.need(Right.TRAINING_CHANGE)
        self._check(new)
        training = id or uuid4()
        async with self.store.connection() as connection, connection.transaction():
            given = (training, *_values(new), actor.login, self.clock())
            await connection.execute(SQL["add_training"], *given)
            await note_look(connection, actor, "training.added", new.title)
            return await _read(connection, training)

    async def change(
        self, actor: Actor, training: UUID, version: int, new: NewTraining
    ) -> TrainingLine:
        """More seats go to those who wait; another time or place is owed to those who come.

        Raises Unacceptable for fewer seats than are taken, TrainingOver for one called off.
        """
        actor.need(Right.TRAINING_CHANGE)
        async with self._held(training) as (connection, before):
            if before.cancelled_at is not None:
                raise TrainingOver("it was called off")
            if version != before.version:
                raise TrainingChanged("it was changed meanwhile: read it again")
            if new.starts_at != before.starts_at:
                self._check(new)
            if new.seats < before.taken:
                raise Unacceptable(f"{before.taken} seats are taken already", "/seats")
            await connection.execute(SQL["change_training"], training, version, *_values(new))
            if _told(new) != _told(before):
                await connection.execute(SQL["remind_again"], training)
            await connection.execute(SQL["seat_the_waiting"], training, self.clock())
            await note_look(connection, actor, "training.changed", new.title)
            return await _read(connection, training)

    async def cancel(self, actor: Actor, training: UUID, version: int, why: str) -> TrainingLine:
        """Call it off: everybody on its list is owed a word. Raises TrainingOver."""
        actor.need(Right.TRAINING_CHANGE)
        async with self._held(training) as (connection, before):
            if before.cancelled_at is not None:
                raise TrainingOver("it was called off already")
            now = self.clock()
            if not await connection.fetchval(SQL["cancel_training"], training, version, now, why):
                raise TrainingChanged("it was changed meanwhile: read it again")
            await connection.execute(SQL["cancel_signups"], training)
            await note_look(connection, actor, "training.cancelled", before.title)
            return await _read(connection, training)

    async def sign_up(
        self,
        actor: Actor,
        training: UUID,
        phone: str,
        name: str | None = None,
        ticket: str | None = None,
        id: UUID | None = None,  # noqa: A002
    ) -> Signup:
        """A seat if there is one, else a place on the waiting list; who is on the list already
        stays as they are. They are told by who asked for this.

        Raises TrainingOver, TicketUnknown, and Unacceptable for a phone that is none.
        """
        actor.need(Right.TRAINING_SIGN_UP)
        number = normalise(phone)
        if number is None:
            raise Unacceptable("this is no number that can be called back", "/phone")
        async with self.store.connection() as connection, connection.transaction():
            now, about = self.clock(), None
            if ticket is not None:
                about = await connection.fetchrow(
                    SQL["hold_ticket"], actor.may(Right.CONFIDENTIAL), ticket
                )
                if about is None:
                    raise TicketUnknown(f"there is no ticket {ticket}")
            await connection.execute(SQL["meet_phones"], [number], now)
            person: UUID = await connection.fetchval(SQL["person_of_phone"], number)
            if name:
                await connection.execute(SQL["name_unnamed"], person, name)
            made = await sign_up(
                connection,
                training,
                person,
                phone=number,
                channel="desk",
                at=now,
                signup=id or uuid4(),
                ticket=about["id"] if about else None,
                by=actor.login,
            )
            if made is None:
                raise TrainingUnknown(f"there is no training {training}")
            if made.state == "cancelled":
                raise TrainingOver("it was called off, or has begun")
            await connection.execute(SQL["tell_signup"], made.id, now, made.state)
            return await _signup(connection, actor, made.id)

    async def leave(self, actor: Actor, signup: UUID) -> Signup:
        """They will not come; their seat is the next one's who waits."""
        actor.need(Right.TRAINING_SIGN_UP)
        async with self._of_signup(signup) as (connection, training):
            now = self.clock()
            await connection.execute(SQL["leave_training"], signup, now)
            await connection.execute(SQL["seat_the_waiting"], training.id, now)
            return await _signup(connection, actor, signup)

    async def tell(self, actor: Actor, signup: UUID, state: State) -> Signup:
        """They were told that it is so. TrainingChanged when it is otherwise by now."""
        actor.need(Right.TRAINING_SIGN_UP)
        async with self._of_signup(signup) as (connection, _):
            if not await connection.fetchval(SQL["tell_signup"], signup, self.clock(), state):
                raise TrainingChanged("it is otherwise by now: read it again")
            return await _signup(connection, actor, signup)

    async def attend(self, actor: Actor, signup: UUID, came: bool | None) -> Signup:
        """Whether they came; None takes the note away. Raises Unacceptable before it begins, and
        TrainingChanged for who had no seat."""
        actor.need(Right.TRAINING_SIGN_UP)
        async with self._of_signup(signup) as (connection, training):
            now = self.clock()
            if now < training.starts_at:
                raise Unacceptable("it has not begun", "/attended")
            given = (signup, came, actor.login, now)
            if await connection.fetchval(SQL["attend_training"], *given) is None:
                raise TrainingChanged("they had no seat: read it again")
            return await _signup(connection, actor, signup)

    @asynccontextmanager
    async def _held(self, training: UUID) -> AsyncIterator[tuple[Connection, TrainingLine]]:
        """Its seats are nobody else's to give until the transaction ends."""
        async with self.store.connection() as connection, connection.transaction():
            await connection.execute(SQL["hold_trainings"], [training])
            yield connection, await _read(connection, training)

    @asynccontextmanager
    async def _of_signup(self, signup: UUID) -> AsyncIterator[tuple[Connection, TrainingLine]]:
        async with self.store.connection() as connection:
            training = await connection.fetchval(SQL["session_of_signup"], signup)
        if training is None:
            raise TrainingUnknown(f"there is no sign-up {signup}")
        async with self._held(training) as held:
            yield held

    def _check(self, new: NewTraining) -> None:
        now = self.clock()
        if not now < new.starts_at <= now + FARTHEST:
            raise Unacceptable(
                f"it begins later than now, within {FARTHEST.days} days", "/starts_at"
            )


def _values(new: NewTraining) -> tuple[object, ...]:
    if not new.starts_at < new.ends_at <= new.starts_at + LONGEST:
        raise Unacceptable(f"it ends after it begins, within {LONGEST.days} days", "/ends_at")
    return (
        new.title,
        new.city,
        new.place,
        new.starts_at,
        new.ends_at,
        new.zone,
        new.seats,
    )


def _told(one: NewTraining) -> tuple[object, ...]:
    """What those who come were told."""
    return one.city, one.place, one.starts_at, one.zone


def _seen(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    values = seen(actor, row)
    del values["anonymous"]
    return values if actor.may(Right.PEOPLE_READ) else values | {"name": None, "person": None}


async def _read(connection: Connection, training: UUID) -> TrainingLine:
    row = await connection.fetchrow(SQL["work_training"], training)
    if row is None:
        raise TrainingUnknown(f"there is no training {training}")
    return TrainingLine(**row)


async def _signup(connection: Connection, actor: Actor, signup: UUID) -> Signup:
    row = await connection.fetchrow(SQL["work_signup"], signup)
    if row is None:
        raise TrainingUnknown(f"there is no sign-up {signup}")
    return Signup(**_seen(actor, row))
