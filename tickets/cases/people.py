"""People: who called, under which numbers, with which tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.phones import normalise
from tickets.cases.seen import seen
from tickets.cases.tickets import Place, TicketLine, line
from tickets.errors import TicketError
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store


class PersonUnknown(TicketError):
    """Nobody whom the actor may see has this id."""


class PersonChanged(TicketError):
    """Somebody else changed it first; read it again."""


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
    tickets: list[TicketLine]


@dataclass(frozen=True, slots=True)
class People:
    """Every method raises NotAllowed and StoreAway."""

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
                actor.may(Right.CONFIDENTIAL),
                actor.may(Right.ANONYMOUS),
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
            return await _read(connection, actor, person)

    async def rename(self, actor: Actor, person: UUID, version: str, name: str | None) -> Person:
        """Raises PersonUnknown, PersonChanged."""
        actor.need(Right.PEOPLE_CHANGE)
        async with self.store.connection() as connection, connection.transaction():
            before = await _read(connection, actor, person)
            if await connection.fetchval(SQL["name_person"], person, name, version) is None:
                raise PersonChanged(f"{before.id} was changed meanwhile: read it again")
            return await _read(connection, actor, person)


async def _read(connection: Connection, actor: Actor, person: UUID) -> Person:
    may = (actor.may(Right.CONFIDENTIAL), actor.may(Right.ANONYMOUS))
    row: Mapping[str, Any] | None = await connection.fetchrow(SQL["work_person"], *may, person)
    if row is None:
        raise PersonUnknown(f"there is no person {person}")
    tickets = await connection.fetch(SQL["tickets_of_person"], *may, person)
    return Person(**seen(actor, row), tickets=[line(actor, ticket) for ticket in tickets])
