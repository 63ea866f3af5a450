"""People: who called, under which numbers, with which tickets; and what is known of them mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from config.phones import normalise
from tickets.cases.callbacks import CallbackRow, callback_row
from tickets.cases.seen import seen
from tickets.cases.tickets import Place, TicketLine, line
from tickets.errors import TicketError, Unacceptable
from tickets.looks import note_look
from tickets.privacy.erasing import follow
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.shown import CallLine
from tickets.store import Connection, Store


class PersonUnknown(TicketError):
    """Nobody whom the actor may see has this id."""


class PersonChanged(TicketError):
    """Somebody else changed it first; read it again."""


class PhoneTaken(TicketError):
    """The number is another person's: the two may be one, and can be merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person in a list."""

    id: UUID
    name: str | None
    phones: list[str]
    met_at: datetime
    open_tickets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(PersonLine):
    """A person with their newest tickets, at most a hundred."""

    version: str
    restricted_at: datetime | None
    """Since when their data is used for nothing that needs their consent."""
    tickets: list[TicketLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealings:
    """What there was between us, newest first, at most fifty each; empty for who may not read."""

    calls: list[CallLine]
    callbacks: list[CallbackRow]


@dataclass(frozen=True, slots=True)
class People:
    """Every method raises NotAllowed and StoreAway; those with a version PersonUnknown and
    PersonChanged."""

    store: Store

    async def page(
        self, actor: Actor, name: str | None, phone: str | None, after: Place | None, limit: int
    ) -> list[PersonLine]:
        """Newest first."""
        actor.need(Right.PEOPLE_READ)
        if phone is not None:
            actor.need(Right.PHONES)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_people"],
                *_may(actor),
                name,
                phone and (normalise(phone) or phone),
                *(after or (None, None)),
                limit,
            )
        return [PersonLine(**seen(actor, row)) for row in rows]

    async def read(self, actor: Actor, person: UUID) -> Person:
        """Raises PersonUnknown."""
        actor.need(Right.PEOPLE_READ)
        async with self.store.connection() as connection:
            return await read_person(connection, actor, person)

    async def dealings(self, actor: Actor, person: UUID) -> Dealings:
        """Their calls and callbacks. Raises PersonUnknown."""
        actor.need(Right.PEOPLE_READ)
        async with self.store.connection() as connection:
            await read_person(connection, actor, person)
            found = {
                name: await connection.fetch(SQL[name], *_may(actor), person)
                for name, right in (
                    ("calls_of_person", Right.CALLS_READ),
                    ("callbacks_of_person", Right.CALLBACKS_READ),
                )
                if actor.may(right)
            }
        return Dealings(
            calls=[CallLine(**seen(actor, row)) for row in found.get("calls_of_person", ())],
            callbacks=[callback_row(actor, row) for row in found.get("callbacks_of_person", ())],
        )

    async def rename(self, actor: Actor, person: UUID, version: str, name: str | None) -> Person:
        """Say what they are called; None takes the name away."""
        actor.need(Right.PEOPLE_CHANGE)
        async with self.store.connection() as connection, connection.transaction():
            before = await read_person(connection, actor, person)
            if await connection.fetchval(SQL["name_person"], person, name, version) is None:
                raise _changed(before.id)
            await note_look(connection, actor, "person.named", str(person))
            return await read_person(connection, actor, person)

    async def add_phone(self, actor: Actor, person: UUID, version: str, phone: str) -> Person:
        """They have this number too. Raises PhoneTaken, and Unacceptable for what is none."""
        actor.need(Right.PEOPLE_CHANGE, Right.PHONES)
        number = normalise(phone)
        if number is None:
            raise Unacceptable("this is no number that can be called back", "/phone")
        async with self.store.connection() as connection, connection.transaction():
            await _hold(connection, actor, person, version)
            if await connection.fetchval(SQL["add_phone"], number, person) is None:
                raise PhoneTaken("the number is another person's: merge the two if they are one")
            await note_look(connection, actor, "person.phone_added", str(person))
            return await read_person(connection, actor, person)

    async def part_phone(self, actor: Actor, person: UUID, version: str, phone: str) -> Person:
        """It is not theirs: the number and the tickets that came from it are a person's of their
        own, who is told. Raises Unacceptable for their only number, or none of theirs."""
        actor.need(Right.PEOPLE_CHANGE, Right.PHONES)
        async with self.store.connection() as connection, connection.transaction():
            await connection.execute(SQL["hold_phones_of"], [person])
            held = await _hold(connection, actor, person, version)
            number = normalise(phone) or phone
            if number not in held.phones:
                raise Unacceptable("this is none of their numbers", "/phone")
            given = (person, number, uuid4())
            other: UUID | None = await connection.fetchval(SQL["part_phone"], *given)
            if other is None:
                raise Unacceptable("it is the only number that is known of them", "/phone")
            await note_look(connection, actor, "person.phone_parted", str(person))
            return await read_person(connection, actor, other)

    async def merge(self, actor: Actor, person: UUID, version: str, into: UUID) -> Person:
        """Two are one, and go on as `into`, whose name holds."""
        actor.need(Right.PEOPLE_CHANGE, Right.TICKETS_MERGE)
        if person == into:
            raise Unacceptable("these are the same person", "/into")
        async with self.store.connection() as connection:
            try:
                async with connection.transaction():
                    await connection.execute(SQL["hold_phones_of"], [person, into])
                    await read_person(connection, actor, into)
                    await _hold(connection, actor, person, version)
                    await connection.execute(SQL["part_trainings"], person, into)
                    await connection.execute(SQL["merge_people"], person, into)
                    await follow(connection, person, into)
                    await connection.execute(SQL["drop_person"], person)
                    await note_look(connection, actor, "person.merged", f"{person} → {into}")
            except asyncpg.ForeignKeyViolationError:
                # A ticket of theirs was split at this moment.
                raise _changed(person) from None
            return await read_person(connection, actor, into)


def _may(actor: Actor) -> tuple[bool, bool]:
    return actor.may(Right.CONFIDENTIAL), actor.may(Right.ANONYMOUS)


def _changed(person: UUID) -> PersonChanged:
    return PersonChanged(f"{person} was changed meanwhile: read it again")


async def _hold(connection: Connection, actor: Actor, person: UUID, version: str) -> Person:
    """As it is for the actor, and nobody else's to change until the transaction ends."""
    before = await read_person(connection, actor, person)
    if await connection.fetchrow(SQL["hold_person"], person, version) is None:
        raise _changed(person)
    return before


async def read_person(connection: Connection, actor: Actor, person: UUID) -> Person:
    """Raises PersonUnknown."""
    row: Mapping[str, Any] | None = await connection.fetchrow(
        SQL["work_person"], *_may(actor), person
    )
    if row is None:
        raise PersonUnknown(f"there is no person {person}")
    tickets = await connection.fetch(SQL["tickets_of_person"], *_may(actor), person)
    return Person(**seen(actor, row), tickets=[line(actor, ticket) for ticket in tickets])
