"""People who called."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from tickets.cases.people import Dealings, Person, PersonLine
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body, PhoneText, Words

routes = Routes("people")

PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])


class PeopleQuery(PageQuery):
    """Which people."""

    name: Words | None = None
    """A part of the name, or what sounds much like it."""
    phone: PhoneText | None = None


class PersonChange(Body):
    name: Words | None


class PhoneIn(Body):
    phone: PhoneText


class Merge(Body):
    into: UUID


@routes.get("/people")
async def list_people(ask: Ask[PeopleQuery, None]) -> Page[PersonLine]:
    """Find people, whom we met last first."""
    query = ask.query
    place = keyset.place(query.after, PLACE)
    found = await ask.desk.people.page(ask.actor, query.name, query.phone, place, query.limit)
    following = None
    if len(found) == query.limit:
        following = keyset.written((found[-1].met_at, found[-1].id))
    return Page[PersonLine](items=found, next=following)


@routes.get(f"/people/{ID}")
async def read_person(ask: Ask[None, None]) -> Person:
    """Read a person with their tickets."""
    return await ask.desk.people.read(ask.actor, ask.id)


@routes.patch(f"/people/{ID}")
async def name_person(ask: Ask[None, PersonChange]) -> Person:
    """Say what a person is called."""
    return await ask.desk.people.rename(ask.actor, ask.id, ask.version, ask.body.name)


@routes.get(f"/people/{ID}/dealings")
async def read_dealings(ask: Ask[None, None]) -> Dealings:
    """Their newest calls and callbacks, as far as one may read those."""
    return await ask.desk.people.dealings(ask.actor, ask.id)


@routes.post(f"/people/{ID}/phones", status=200, if_match=True)
async def add_phone(ask: Ask[None, PhoneIn]) -> Person:
    """They have this number too; `phone-taken` if it is another person's."""
    return await ask.desk.people.add_phone(ask.actor, ask.id, ask.version, ask.body.phone)


@routes.post(f"/people/{ID}/phones/part", status=200, if_match=True)
async def part_phone(ask: Ask[None, PhoneIn]) -> Person:
    """It is not theirs: with what came from it, it is a person's of its own, who is told."""
    return await ask.desk.people.part_phone(ask.actor, ask.id, ask.version, ask.body.phone)


@routes.post(f"/people/{ID}/merge", status=200, if_match=True)
async def merge_people(ask: Ask[None, Merge]) -> Person:
    """The two are one, and go on as `into`."""
    return await ask.desk.people.merge(ask.actor, ask.id, ask.version, ask.body.into)
