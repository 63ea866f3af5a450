"""Tickets at other institutions: what is due, what left, and what came back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from tickets.cases.handovers import HandoverFilter
from tickets.handover_answers import AnswerKind, Said
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.api.handovers import PLACE, Agreement, NewHandover, next_place
from tickets.web.keyset import PageQuery
from tickets.web.notices import Notice
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import Problem
from tickets.web.routes import ID, NUMBER
from tickets.web.shown_times import from_input
from tickets.web.texts import Value

pages = Pages("handovers", nav=Nav("nav.handovers", "/handovers", (Right.HANDOVERS,), key="o"))

HERE, CHOOSE = "/handovers/{id}", "/tickets/{number}/handovers"
VIEWS = ("open", "late", "all")


class HandoverList(PageQuery):
    view: Literal["open", "late", "all"] = "open"
    partner: UUID | None = None


class _Answer(BaseModel):
    answer: AnswerKind
    note: Annotated[Value, Field(max_length=2000)] = ""
    until: datetime | None = None


@pages.get("/handovers")
async def list_handovers(visit: Visit) -> web.StreamResponse:
    """By what is due next."""
    query, desk = asked(visit, HandoverList), visit.desk
    late = desk.clock() if query.view == "late" else None
    wanted = HandoverFilter(partner=query.partner, open=query.view != "all", due_before=late)
    place = keyset.place(query.after, PLACE)
    found = await desk.handovers.page(visit.actor, wanted, place, query.limit)
    return visit.show(
        "handovers.html",
        found=found,
        query=query,
        views=VIEWS,
        partners=await desk.partners.all(visit.actor),
        following=following(visit, next_place(query, found)),
    )


@pages.get(f"/handovers/{ID}")
async def show_handover(visit: Visit) -> web.StreamResponse:
    """What left, and what came back."""
    one = await visit.desk.handovers.read(visit.actor, visit.id)
    return visit.show("handover.html", one=one, partner=await _partner(visit, one.partner))


@pages.post(f"/handovers/{ID}/answers", back=HERE)
async def note_answer(visit: Visit) -> web.StreamResponse:
    """As an officer heard it."""
    until = visit.form.one("until").strip()
    given = visit.fits(_Answer, **({"until": _end_of(until)} if until else {}))
    said = Said(answer=given.answer, note=given.note, until=given.until)
    await visit.desk.handovers.answer(visit.actor, visit.id, said)
    return _done(visit, "answered")


@pages.post(f"/handovers/{ID}/withdraw", back=HERE)
async def withdraw(visit: Visit) -> web.StreamResponse:
    """Nothing is waited for any more."""
    await visit.desk.handovers.withdraw(visit.actor, visit.id)
    return _done(visit, "withdrew")


@pages.post(f"/handovers/{ID}/send", back=HERE)
async def send_again(visit: Visit) -> web.StreamResponse:
    """What could not be sent."""
    await visit.desk.handovers.send_again(visit.actor, visit.id)
    return _done(visit, "sending")


@pages.get(f"/tickets/{NUMBER}/handovers")
async def choose(visit: Visit) -> web.StreamResponse:
    """Each institution with what would leave for it."""
    choices = await visit.desk.handovers.choices(visit.actor, visit.number)
    return visit.show(
        "handover_new.html",
        ticket=await visit.desk.tickets.read(visit.actor, visit.number),
        choices=choices,
    )


@pages.post(f"/tickets/{NUMBER}/handovers", back=CHOOSE)
async def hand_over(visit: Visit) -> web.StreamResponse:
    """Seen next at the institution."""
    given = visit.fits(NewHandover)
    made = await visit.desk.handovers.make(visit.actor, visit.number, given.partner, given.note)
    return visit.go(f"/handovers/{made.id}", Notice("handovers.made"))


@pages.post(f"/tickets/{NUMBER}/handovers/consent", back=CHOOSE)
async def note_consent(visit: Visit) -> web.StreamResponse:
    """What the person said, with the officer's words as proof."""
    given = visit.fits(Agreement, granted=visit.form.one("granted") == "yes")
    await visit.desk.handovers.agree(visit.actor, visit.number, given.granted, given.words)
    return visit.go(CHOOSE.format(number=visit.number), Notice("handovers.consent_noted"))


async def _partner(visit: Visit, partner: UUID) -> object:
    return await visit.desk.partners.read(visit.actor, partner)


def _end_of(day: str) -> datetime:
    """The last minute of a day, in Jakarta. Raises Problem."""
    try:
        return from_input(f"{day}T23:59")
    except ValueError:
        bad = {"pointer": "#/until", "detail": "this is no day"}
        raise Problem(422, "unacceptable", "the form does not fit", [bad]) from None


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/handovers/{visit.id}", Notice(f"handovers.{what}"))
