"""Personal data: what people ask of it and by when, and how each is answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from tickets.cases.data_requests import LEGAL, DataRequest, NewRequest, RequestKind
from tickets.consents import Purpose
from tickets.rights import Right
from tickets.web import keyset
from tickets.web.keyset import PageQuery
from tickets.web.language import dictionaries
from tickets.web.notices import Notice
from tickets.web.own_copy import packed
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import ID
from tickets.web.shown_times import from_input
from tickets.web.texts import Text, Words

pages = Pages("privacy", nav=Nav("nav.privacy", "/privacy", (Right.PRIVACY,), key="y"))

HERE = "/privacy/requests/{id}"
_PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])
CHANNELS = ("call", "desk", "letter", "whatsapp")
Prose = Annotated[Text, Field(max_length=2000)]


class _RequestQuery(PageQuery):
    """Which requests."""

    view: Literal["open", "settled"] = "open"


class _New(BaseModel):
    kind: RequestKind
    channel: Literal["call", "desk", "letter", "whatsapp"]
    proof: Annotated[Words, Field(max_length=200)]
    said: Prose = ""


class _Answer(BaseModel):
    said: Prose = ""
    purposes: tuple[Purpose, ...] = ()


class _Refusal(BaseModel):
    why: Prose


class _Consent(BaseModel):
    purpose: Purpose
    granted: Literal["yes", "no"]
    proof: Words


class _CopyQuery(BaseModel):
    language: Literal["id", "en"] | None = None


@pages.get("/privacy")
async def list_requests(visit: Visit) -> web.StreamResponse:
    """The open ones by their deadline, or those that were answered."""
    query = asked(visit, _RequestQuery)
    settled = query.view == "settled"
    place = keyset.place(query.after, _PLACE)
    found = await visit.desk.data_requests.page(visit.actor, place, query.limit, settled)
    after = keyset.written(_end(found[-1])) if len(found) == query.limit else None
    return visit.show(
        "privacy.html", found=found, settled=settled, following=following(visit, after)
    )


def _end(request: DataRequest) -> tuple[datetime, UUID]:
    return request.settled_at or request.due_at, request.id


@pages.get(f"/privacy/requests/{ID}")
async def show_request(visit: Visit) -> web.StreamResponse:
    """What was asked, and what can be done."""
    request = await visit.desk.data_requests.read(visit.actor, visit.id)
    erases = request.kind == RequestKind.ERASE and request.state == "open"
    reports = (
        await visit.desk.data_requests.open_reports(visit.actor, request.person) if erases else []
    )
    return visit.show(
        "privacy_request.html", request=request, reports=reports, purposes=list(Purpose)
    )


@pages.post(f"/people/{ID}/requests", back="/people/{id}")
async def take_request(visit: Visit) -> web.StreamResponse:
    """By whoever speaks with the person."""
    given = visit.fits(_New)
    received = visit.form.one("asked_at").strip()
    try:
        asked_at = from_input(received) if received else None
    except ValueError:
        asked_at = None
    new = NewRequest(
        kind=given.kind,
        channel=given.channel,
        proof=given.proof,
        said=given.said,
        asked_at=asked_at,
    )
    request = await visit.desk.data_requests.take(visit.actor, visit.id, new)
    hours = str(int(LEGAL.total_seconds() // 3600))
    notice = Notice("privacy.was_taken", values={"hours": hours})
    seen_by_them = visit.actor.may(Right.PRIVACY)
    return visit.go(
        f"/privacy/requests/{request}" if seen_by_them else f"/people/{visit.id}", notice
    )


@pages.post(f"/people/{ID}/consents", back="/people/{id}")
async def write_consent(visit: Visit) -> web.StreamResponse:
    """What somebody told an officer."""
    given = visit.fits(_Consent)
    await visit.desk.consent_book.write(
        visit.actor, visit.id, given.purpose, given.granted == "yes", given.proof
    )
    return visit.go(f"/people/{visit.id}", Notice("privacy.consent_written"))


@pages.post(f"/privacy/requests/{ID}/answer", back=HERE)
async def answer_request(visit: Visit) -> web.StreamResponse:
    """Done as asked; what only a person can do was done before."""
    given = visit.fits(_Answer, purposes=tuple(visit.form.all("purposes")))
    await visit.desk.data_requests.answer(visit.actor, visit.id, given.said, given.purposes)
    return visit.go(f"/privacy/requests/{visit.id}", Notice("privacy.was_done"))


@pages.post(f"/privacy/requests/{ID}/refuse", back=HERE)
async def refuse_request(visit: Visit) -> web.StreamResponse:
    """With the reason that the person is told."""
    await visit.desk.data_requests.refuse(visit.actor, visit.id, visit.fits(_Refusal).why)
    return visit.go(f"/privacy/requests/{visit.id}", Notice("privacy.was_refused"))


@pages.post(f"/privacy/requests/{ID}/erase", back=HERE)
async def erase_person(visit: Visit) -> web.StreamResponse:
    """For good."""
    withdrawn = visit.form.one("withdrawn") == "yes"
    await visit.desk.data_requests.erase(visit.actor, visit.id, withdrawn)
    return visit.go(f"/privacy/requests/{visit.id}", Notice("privacy.was_erased"))


@pages.get(f"/privacy/requests/{ID}/copy")
async def own_copy(visit: Visit) -> web.StreamResponse:
    """All that is known of the person, to be handed to them: a page, a file for programs, sounds
    and papers, in their language unless another is asked for."""
    query = asked(visit, _CopyQuery)
    request = await visit.desk.data_requests.read(visit.actor, visit.id)
    data = await visit.desk.personal_data.gather(visit.actor, request.person)
    words = dictionaries()[query.language or data.language]
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="data-pribadi-{data.at:%Y-%m-%d}.zip"',
    }
    response = web.StreamResponse(headers=headers)
    await response.prepare(visit.request)
    async for piece in packed(data, words, visit.desk.personal_data.content):
        await response.write(piece)
    await response.write_eof()
    return response
