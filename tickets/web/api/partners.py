"""Institutions that tickets are handed over to (docs/handovers.md)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from tickets.cases.partners import Partner, PartnerData, PartnerKind
from tickets.handover_answers import AnswerKind, Said
from tickets.handover_rules import Share
from tickets.web.api.webhooks import Address
from tickets.web.desk import DESK, OPTIONS
from tickets.web.problems import of_body
from tickets.web.routes import ID, PREFIX, Ask, Routes
from tickets.web.serving import whole_body
from tickets.web.texts import Body, FieldName, Moment, Value, Words

routes = Routes("partners")

Category = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3,12}$")]
Line = Annotated[Words, Field(max_length=200)]


class ShareIn(Body):
    """What of a category an institution may be told."""

    category: Category
    fields: tuple[FieldName, ...] = Field(max_length=20)
    """Of the ticket; `name` and `phone` leave by the person's consent alone."""
    law: Line | None = None
    """By which it leaves without consent, as it is cited."""


class SharesIn(Body):
    shares: list[ShareIn] = Field(max_length=20)


class PartnerIn(Body):
    name: Line
    kind: PartnerKind
    contact: Line | None = None
    """Whom to ask for there."""
    answer_days: int = Field(5, ge=1, le=60)
    """Working days until its first answer."""
    url: Address | None = None
    """Where tickets are sent, at a site that the settings name; without one they are files."""
    open: bool = True
    """Whether anything more is handed over to it."""

    def data(self) -> PartnerData:
        return PartnerData(**self.model_dump() | {"contact": self.contact or ""})


class NewSecret(BaseModel):
    secret: str
    """Signs both directions; told this once."""


class AnswerIn(Body):
    """What an institution says itself."""

    type: Annotated[str, StringConstraints(pattern=r"^handover\.answered$")]
    handover: UUID
    answer: AnswerKind
    note: Value = ""
    until: Moment | None = None


def shares_of(given: Sequence[ShareIn]) -> list[Share]:
    return [Share(category=one.category, fields=one.fields, law=one.law or "") for one in given]


@routes.get("/partners")
async def list_partners(ask: Ask[None, None]) -> list[Partner]:
    """Every institution by name, the closed ones last."""
    return await ask.desk.partners.all(ask.actor)


@routes.post("/partners", location="/partners/{id}")
async def add_partner(ask: Ask[None, PartnerIn]) -> Partner:
    """An institution; nothing may leave for it yet."""
    return await ask.desk.partners.add(ask.actor, ask.body.data(), ask.new_id)


@routes.get(f"/partners/{ID}")
async def read_partner(ask: Ask[None, None]) -> Partner:
    """An institution, and what it may be told."""
    return await ask.desk.partners.read(ask.actor, ask.id)


@routes.put(f"/partners/{ID}")
async def change_partner(ask: Ask[None, PartnerIn]) -> Partner:
    """It is as this says from now on."""
    version = ask.counted_version()
    return await ask.desk.partners.change(ask.actor, ask.id, version, ask.body.data())


@routes.put(f"/partners/{ID}/shares")
async def share_with_partner(ask: Ask[None, SharesIn]) -> Partner:
    """It may be told these and nothing else."""
    version, shares = ask.counted_version(), shares_of(ask.body.shares)
    return await ask.desk.partners.share(ask.actor, ask.id, version, shares)


@routes.post(f"/partners/{ID}/secret", replayed=False)
async def new_secret(ask: Ask[None, None]) -> NewSecret:
    """A new secret, told this once; the one before holds no more."""
    return NewSecret(secret=await ask.desk.partners.new_secret(ask.actor, ask.id))


async def hear_answer(request: web.Request) -> web.Response:
    """By its signature alone; judged before it is read."""
    inbox, partner = request.app[DESK].handover_inbox, UUID(request.match_info["id"])
    raw = await whole_body(request, request.app[OPTIONS])
    message = await inbox.known(partner, request.headers, raw)
    given = _fits(raw)
    said = Said(answer=given.answer, note=given.note, until=given.until)
    await inbox.take(partner, message, given.handover, said)
    return web.Response(status=204)


def _fits(raw: bytes) -> AnswerIn:
    try:
        return AnswerIn.model_validate_json(raw)
    except ValidationError as error:
        raise of_body(error) from None


def add_to(app: web.Application) -> None:
    """What is asked for with a signature and is no route of a right."""
    app.router.add_post(f"{PREFIX}/partners/{ID}/answers", hear_answer)
