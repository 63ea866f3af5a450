"""People who called."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from tickets.cases.people import Person, PersonLine
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
