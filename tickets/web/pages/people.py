"""People on pages: found by a name that is half remembered, read with all there was, mended."""

import re
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from tickets.cases.data_requests import RequestKind
from tickets.cases.people import Person, PersonLine
from tickets.consents import Purpose
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.people import PLACE, PeopleQuery, PersonChange
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import ID
from tickets.web.texts import PhoneText

pages = Pages("people", nav=Nav("nav.people", "/people", (Right.PEOPLE_READ,), key="p"))

HERE = "/people/{id}"
LIKE_THEM = 5


class Phone(BaseModel):
    phone: PhoneText


class Into(BaseModel):
    person: UUID


@pages.get("/people")
async def list_people(visit: Visit) -> web.StreamResponse:
    """By a part of the name, something that sounds like it, or a number."""
    query = asked(visit, PeopleQuery)
    place = keyset.place(query.after, PLACE)
    found = await visit.desk.people.page(visit.actor, query.name, query.phone, place, query.limit)
    after = keyset.written((found[-1].met_at, found[-1].id)) if len(found) == query.limit else None
    return visit.show("people.html", found=found, query=query, following=following(visit, after))


@pages.get(f"/people/{ID}")
async def show_person(visit: Visit) -> web.StreamResponse:
    """Numbers, tickets, calls and callbacks."""
    person = await visit.desk.people.read(visit.actor, visit.id)
    return visit.show(
        "person.html",
        person=person,
        dealings=await visit.desk.people.dealings(visit.actor, visit.id),
        trainings=await visit.desk.trainings.of_person(visit.actor, visit.id),
        messages=await visit.desk.whatsapp_threads.of_person(visit.actor, visit.id),
        like_them=await _like_them(visit, person),
        forgiven=visit.desk.live.forgiven,
        consents=await visit.desk.consent_book.standing(visit.actor, visit.id),
        requests=await visit.desk.data_requests.of_person(visit.actor, visit.id)
        if visit.actor.may(Right.PEOPLE_CHANGE)
        else [],
        request_kinds=list(RequestKind),
        purposes=list(Purpose),
    )


@pages.post(f"/people/{ID}/name", back=HERE)
async def name_person(visit: Visit) -> web.StreamResponse:
    """What was emptied is taken away."""
    name = visit.fits(PersonChange, name=visit.form.one("name").strip() or None).name
    await visit.desk.people.rename(visit.actor, visit.id, _version(visit), name)
    return visit.go(f"/people/{visit.id}", Notice("people.named"))


@pages.post(f"/people/{ID}/phones", back=HERE)
async def add_phone(visit: Visit) -> web.StreamResponse:
    """Another number of theirs."""
    phone = visit.fits(Phone).phone
    await visit.desk.people.add_phone(visit.actor, visit.id, _version(visit), phone)
    return visit.go(f"/people/{visit.id}", Notice("people.phone_added"))


@pages.post(f"/people/{ID}/phones/part", back=HERE)
async def part_phone(visit: Visit) -> web.StreamResponse:
    """The number is somebody else's, who is seen next."""
    phone = visit.fits(Phone).phone
    other = await visit.desk.people.part_phone(visit.actor, visit.id, _version(visit), phone)
    return visit.go(f"/people/{other.id}", Notice("people.phone_parted"))


@pages.post(f"/people/{ID}/merge", back=HERE)
async def merge_people(visit: Visit) -> web.StreamResponse:
    """Into another, who is seen next."""
    into = visit.fits(Into).person
    await visit.desk.people.merge(visit.actor, visit.id, _version(visit), into)
    return visit.go(f"/people/{into}", Notice("people.merged"))


async def _like_them(visit: Visit, person: Person) -> list[PersonLine]:
    """Who may be the same, for who may merge them."""
    may = visit.actor.may(Right.PEOPLE_CHANGE) and visit.actor.may(Right.TICKETS_MERGE)
    if not may:
        return []
    sought = visit.request.query.get("like", "").strip()[:200] or person.name
    if not sought:
        return []
    is_phone = re.fullmatch(r"\+?[0-9][0-9 \u00a0-]*", sought) is not None
    name, phone = (None, sought) if is_phone else (sought, None)
    found = await visit.desk.people.page(visit.actor, name, phone, None, LIKE_THEM + 1)
    return [one for one in found if one.id != person.id][:LIKE_THEM]


def _version(visit: Visit) -> str:
    return visit.form.one("version")
