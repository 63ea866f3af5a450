"""Tickets at other institutions, and what those answer (docs/handovers.md)."""

import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, TypeAdapter

from tickets.cases.handovers import Choice, Handover, HandoverFilter
from tickets.handover_answers import AnswerKind, Said
from tickets.handover_rules import rows_of
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.routes import ID, NUMBER, Ask, Routes
from tickets.web.spreadsheet import MARK, lines
from tickets.web.texts import Body, Moment, Number, Text, Value

routes = Routes("handovers")

PLACE: TypeAdapter[tuple[datetime, UUID]] = TypeAdapter(tuple[datetime, UUID])
FILE = "application/octet-stream"


class HandoverQuery(PageQuery):
    partner: UUID | None = None
    ticket: Number | None = None
    open: bool = True
    """Without it also those that are over."""
    due_before: Moment | None = None


class NewHandover(Body):
    partner: UUID
    note: Value = ""
    """What the institution is told besides."""


class HandoverAnswerIn(Body):
    answer: AnswerKind
    note: Value = ""
    until: Moment | None = None
    """Until when it will be done, of one that it accepted."""

    def said(self) -> Said:
        return Said(answer=self.answer, note=self.note, until=self.until)


class Agreement(Body):
    granted: bool
    words: Annotated[Text, Field(max_length=1000)]
    """What the person said, as the officer notes it: its proof."""


class FileQuery(Body):
    format: Literal["json", "csv"] = "json"


@routes.get(f"/tickets/{NUMBER}/handovers/choices")
async def list_choices(ask: Ask[None, None]) -> list[Choice]:
    """Every institution, and what of the ticket would leave for it, or why nothing may."""
    return await ask.desk.handovers.choices(ask.actor, ask.number)


@routes.post(f"/tickets/{NUMBER}/handovers", location="/handovers/{id}")
async def hand_over(ask: Ask[None, NewHandover]) -> Handover:
    """Hand a ticket over to an institution."""
    given = ask.body
    return await ask.desk.handovers.make(
        ask.actor, ask.number, given.partner, given.note, ask.new_id
    )


@routes.post(f"/tickets/{NUMBER}/handovers/consent", status=204)
async def note_consent(ask: Ask[None, Agreement]) -> None:
    """Note that the person agrees, or not any more, that their report goes to institutions."""
    given = ask.body
    await ask.desk.handovers.agree(ask.actor, ask.number, given.granted, given.words)


@routes.get("/handovers")
async def list_handovers(ask: Ask[HandoverQuery, None]) -> Page[Handover]:
    """Hand-overs by what is due next."""
    query = ask.query
    found = await ask.desk.handovers.page(
        ask.actor, wanted(query), keyset.place(query.after, PLACE), query.limit
    )
    return Page[Handover](items=found, next=next_place(query, found))


@routes.get(f"/handovers/{ID}")
async def read_handover(ask: Ask[None, None]) -> Handover:
    """A hand-over, with what the institution answered."""
    return await ask.desk.handovers.read(ask.actor, ask.id)


@routes.post(f"/handovers/{ID}/answers")
async def note_answer(ask: Ask[None, HandoverAnswerIn]) -> Handover:
    """Note what the institution said."""
    return await ask.desk.handovers.answer(ask.actor, ask.id, ask.body.said(), ask.new_id)


@routes.post(f"/handovers/{ID}/withdraw", status=200)
async def withdraw(ask: Ask[None, None]) -> Handover:
    """Wait for nothing any more."""
    return await ask.desk.handovers.withdraw(ask.actor, ask.id)


@routes.post(f"/handovers/{ID}/send", status=200)
async def send_again(ask: Ask[None, None]) -> Handover:
    """Send what could not be sent."""
    return await ask.desk.handovers.send_again(ask.actor, ask.id)


@routes.file(f"/handovers/{ID}/file", FILE)
async def take_out(ask: Ask[FileQuery, None]) -> web.StreamResponse:
    """What leaves, as a file; the look is noted."""
    body = await ask.desk.handovers.take_out(ask.actor, ask.id)
    if ask.query.format == "csv":
        text = MARK + lines([("field", "value"), *rows_of(body)])
    else:
        text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    name = f"{body['ticket']}-{str(body['handover'])[:8]}.{ask.query.format}"
    return web.Response(
        body=text.encode(),
        headers={
            "Content-Type": FILE,
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def wanted(query: HandoverQuery) -> HandoverFilter:
    return HandoverFilter(
        partner=query.partner,
        ticket=query.ticket,
        open=query.open,
        due_before=query.due_before,
    )


def next_place(query: PageQuery, found: list[Handover]) -> str | None:
    return keyset.written((found[-1].due, found[-1].id)) if len(found) == query.limit else None
