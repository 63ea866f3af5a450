"""Tickets: found, read, and worked on."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from config.settings_groups import Category
from tickets.cases.ticket_work import MOST_TAGS, NewTicket, TicketEdit
from tickets.cases.tickets import Colleague, Found, Place, Ticket, TicketFilter, TicketLine
from tickets.errors import TicketError
from tickets.web import keyset
from tickets.web.keyset import Page, PageQuery
from tickets.web.problems import problem_of
from tickets.web.routes import NUMBER, Ask, Routes
from tickets.web.texts import (
    Body,
    FieldName,
    Login,
    Moment,
    Number,
    PhoneText,
    Tag,
    Text,
    Value,
    Words,
)

routes = Routes("tickets")

Status = Literal[
    "baru",
    "verifikasi",
    "tunda",
    "rujuk",
    "arsip",
    "proses",
    "ditanggapi",
    "selesai",
    "dibuka-kembali",
]
Fields = dict[FieldName, Value]

PLACE: TypeAdapter[tuple[datetime, UUID, bool]] = TypeAdapter(tuple[datetime, UUID, bool])


class FilterQuery(BaseModel):
    """Which tickets."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    q: Words | None = None
    """Words to search for, in Indonesian; `"…"` for a phrase, `-` before one that may not be
    there. Where nothing has them, what has words like them is found."""
    status: tuple[Status, ...] | None = None
    category: tuple[Category, ...] | None = None
    owner: Login | None = None
    owned: bool | None = None
    """Only those with an owner, or only those without."""
    tag: tuple[Tag, ...] | None = Field(None, max_length=MOST_TAGS)
    """All of them."""
    phone: PhoneText | None = None
    due_before: Moment | None = None
    opened_from: Moment | None = None
    opened_until: Moment | None = None
    order: Literal["newest", "deadline"] = "newest"
    """`deadline` shows open ones alone."""


class TicketQuery(FilterQuery, PageQuery):
    """Which tickets, and which page of them."""


class TicketPage(Page[TicketLine]):
    """A page of tickets."""

    similar: bool = False
    """Nothing had the words themselves."""


class TicketIn(Body):
    """A ticket that is opened by hand."""

    category: Category
    channel: Literal["desk", "phone", "email", "visit"] = "desk"
    phone: PhoneText | None = None
    name: Words | None = None
    """Of the person, if nobody has named them yet."""
    fields: Fields = Field(default_factory=dict, max_length=50)
    anonymous: bool = False
    language: Literal["id", "en"] = "id"
    owner: Login | None = None
    comment: Text | None = None


class TicketChange(Body):
    """What is not named stays as it is."""

    category: Category | None = None
    fields: dict[FieldName, Value | None] | None = Field(None, max_length=50)
    """Only those to change; null takes one away."""
    anonymous: bool | None = None


class Move(Body):
    became: Status


class Seen(Body):
    """A ticket as it was seen."""

    number: Number
    version: int = Field(ge=0, lt=10**18)


class Moves(Body):
    """Where each of these goes."""

    became: Status
    tickets: list[Seen] = Field(min_length=1, max_length=200)


class MoveResult(BaseModel):
    """What became of one."""

    number: str
    problem: str | None
    """The last part of the refusal's type, such as `changed-meanwhile`; null where it was moved."""


class Owner(Body):
    owner: Login | None


class Comment(Body):
    text: Text


class Tags(Body):
    tags: frozenset[Tag] = Field(max_length=MOST_TAGS)


class Merge(Body):
    into: Number


class Split(Body):
    """What becomes a ticket of its own."""

    category: Category
    fields: Fields = Field(default_factory=dict, max_length=50)
    comment: Text | None = None


@routes.get("/tickets")
async def list_tickets(ask: Ask[TicketQuery, None]) -> TicketPage:
    """Find tickets, the newest first."""
    query = ask.query
    after = keyset.place(query.after, PLACE)
    place: Place | None = after and after[:2]
    found = await ask.desk.tickets.page(
        ask.actor, wanted(query), place, query.limit, similar=bool(after and after[2])
    )
    following = next_place(query, found)
    return TicketPage(items=found.tickets, next=following, similar=found.similar)


@routes.get("/colleagues")
async def list_colleagues(ask: Ask[None, None]) -> list[Colleague]:
    """Those whom a ticket may be given to."""
    return await ask.desk.tickets.colleagues(ask.actor)


@routes.post("/tickets", location="/tickets/{number}")
async def open_ticket(ask: Ask[None, TicketIn]) -> Ticket:
    """Open a ticket by hand."""
    given = ask.body
    new = NewTicket(
        category=given.category,
        channel=given.channel,
        phone=given.phone,
        name=given.name,
        fields=given.fields,
        anonymous=given.anonymous,
        language=given.language,
        owner=given.owner,
        comment=given.comment or "",
    )
    return await ask.desk.ticket_work.open(ask.actor, new, ask.new_id)


@routes.get(f"/tickets/{NUMBER}")
async def read_ticket(ask: Ask[None, None]) -> Ticket:
    """Read a ticket with its whole thread."""
    return await ask.desk.tickets.read(ask.actor, ask.number)


@routes.get(f"/tickets/{NUMBER}/duplicates")
async def list_duplicates(ask: Ask[None, None]) -> list[TicketLine]:
    """Other open tickets of the same person, the likeliest first."""
    return await ask.desk.tickets.duplicates(ask.actor, ask.number)


@routes.patch(f"/tickets/{NUMBER}")
async def edit_ticket(ask: Ask[None, TicketChange]) -> Ticket:
    """Change category and fields."""
    given = ask.body
    edit = TicketEdit(
        category=given.category,
        fields=given.fields,
        anonymous=given.anonymous,
    )
    return await ask.desk.ticket_work.edit(ask.actor, ask.number, ask.counted_version(), edit)


@routes.post(f"/tickets/{NUMBER}/moves", status=200, if_match=True)
async def move_ticket(ask: Ask[None, Move]) -> Ticket:
    """Move a ticket through its life cycle."""
    version = ask.counted_version()
    return await ask.desk.ticket_work.move(ask.actor, ask.number, version, ask.body.became)


@routes.post("/tickets/moves", status=200)
async def move_tickets(ask: Ask[None, Moves]) -> list[MoveResult]:
    """Move several; one that cannot be moved stays, and holds up none of the others."""
    chosen = [(one.number, one.version) for one in ask.body.tickets]
    moved = await ask.desk.ticket_work.move_several(ask.actor, chosen, ask.body.became)
    return [MoveResult(number=one.number, problem=_kind(one.why)) for one in moved]


@routes.put(f"/tickets/{NUMBER}/owner")
async def assign_ticket(ask: Ask[None, Owner]) -> Ticket:
    """Give a ticket to somebody, or to nobody."""
    version = ask.counted_version()
    return await ask.desk.ticket_work.assign(ask.actor, ask.number, version, ask.body.owner)


@routes.put(f"/tickets/{NUMBER}/tags")
async def tag_ticket(ask: Ask[None, Tags]) -> Ticket:
    """Say which tags a ticket has."""
    version = ask.counted_version()
    return await ask.desk.ticket_work.tag(ask.actor, ask.number, version, ask.body.tags)


@routes.post(f"/tickets/{NUMBER}/comments")
async def comment_ticket(ask: Ask[None, Comment]) -> Ticket:
    """Add a comment, whatever else has changed."""
    return await ask.desk.ticket_work.comment(ask.actor, ask.number, ask.body.text, ask.new_id)


@routes.post(f"/tickets/{NUMBER}/merge", status=200, if_match=True)
async def merge_ticket(ask: Ask[None, Merge]) -> Ticket:
    """Merge a ticket into another, which is told."""
    version = ask.counted_version()
    return await ask.desk.ticket_work.merge(ask.actor, ask.number, version, ask.body.into)


@routes.delete(f"/tickets/{NUMBER}/merge", if_match=True)
async def unmerge_ticket(ask: Ask[None, None]) -> Ticket:
    """Make a merged ticket one of its own again."""
    return await ask.desk.ticket_work.unmerge(ask.actor, ask.number, ask.counted_version())


@routes.post(f"/tickets/{NUMBER}/split", if_match=True, location="/tickets/{number}")
async def split_ticket(ask: Ask[None, Split]) -> Ticket:
    """Open a second ticket of the same person and call; the new one is told."""
    given = ask.body
    new = NewTicket(
        category=given.category,
        fields=given.fields,
        comment=given.comment or "",
    )
    return await ask.desk.ticket_work.split(
        ask.actor, ask.number, ask.counted_version(), new, ask.new_id
    )


def _kind(why: TicketError | None) -> str | None:
    problem = problem_of(why) if why else None
    return problem.kind if problem else None


def next_place(query: TicketQuery, found: Found) -> str | None:
    """Where the next page begins, if there is one."""
    if len(found.tickets) < query.limit:
        return None
    last = found.tickets[-1]
    at = last.deadline if query.order == "deadline" else last.opened_at
    return keyset.written((at, last.id, found.similar))


def wanted(query: FilterQuery) -> TicketFilter:
    """What to look for."""
    return TicketFilter(
        status=query.status,
        category=query.category,
        owner=query.owner,
        owned=query.owned,
        tags=query.tag,
        phone=query.phone,
        due_before=query.due_before,
        opened_from=query.opened_from,
        opened_until=query.opened_until,
        text=query.q,
        by_deadline=query.order == "deadline",
    )
