"""A ticket: read as one thread, and worked on by the use cases of the API."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from aiohttp import web

from config.macros import Macro
from tickets import lifecycle
from tickets.cases.handovers import HandoverFilter
from tickets.cases.ticket_work import NewTicket, TicketEdit
from tickets.cases.tickets import Ticket
from tickets.errors import TicketMoved
from tickets.rights import Right
from tickets.ticket_form import FIELDS
from tickets.web.api.tickets import Comment, Merge, Move, Owner, Split, Tags, TicketChange
from tickets.web.language import LANGUAGES, dictionaries
from tickets.web.notices import Notice, Undo
from tickets.web.pages.drafts import note_of
from tickets.web.pages.matches import matches_of
from tickets.web.pages.new_ticket import CHOICES, PROSE
from tickets.web.pages.page import Pages, Visit
from tickets.web.pages.referrals import referrals_of
from tickets.web.pages.thread import thread
from tickets.web.problems import Problem
from tickets.web.routes import NUMBER
from tickets.web.shown_times import day

pages = Pages("ticket")

HERE = "/tickets/{number}"


@pages.get(f"/tickets/{NUMBER}")
async def show_ticket(visit: Visit) -> web.StreamResponse:
    """A ticket as one thread."""
    ticket = await visit.desk.tickets.read(visit.actor, visit.number)
    calls = []
    if visit.actor.may(Right.CALLS_READ):
        calls = await visit.desk.calls.of_ticket(visit.actor, ticket.id)
    messages = await visit.desk.whatsapp_threads.of_ticket(visit.actor, ticket.number, noted=True)
    writes = visit.actor.may(Right.TICKETS_CHANGE) and visit.actor.scopes is None
    draft = await visit.desk.drafts.read(visit.actor, note_of(ticket.number)) if writes else None
    return visit.show(
        "ticket.html",
        ticket=ticket,
        items=thread(ticket, calls, messages),
        fields=_fields(ticket),
        choices=CHOICES,
        prose=PROSE,
        moves=sorted(lifecycle.MOVES[ticket.status]),
        categories=sorted(lifecycle.CATEGORIES),
        colleagues=await visit.desk.tickets.colleagues(visit.actor),
        duplicates=await visit.desk.tickets.duplicates(visit.actor, ticket.number),
        macros=_macros(visit, ticket, visit.desk.macros()),
        note=draft.content.get("text", "") if draft else "",
        hears=_opens_files(visit, ticket),
        staff=await visit.desk.names.staff(visit.actor),
        door=await visit.desk.whatsapp_replies.door(visit.actor, ticket.number) if writes else None,
        once=uuid4(),
        **await matches_of(visit, ticket),
        handovers=await visit.desk.handovers.page(
            visit.actor, HandoverFilter(ticket=ticket.number, open=False)
        ),
        **await referrals_of(visit, ticket),
    )


@pages.post(f"/tickets/{NUMBER}/moves", back=HERE)
async def move_ticket(visit: Visit) -> web.StreamResponse:
    """To another status."""
    became = visit.fits(Move).became
    work = visit.desk.ticket_work
    await work.move(visit.actor, visit.number, visit.counted_version(), became)
    return _done(visit, "moved")


@pages.post(f"/tickets/{NUMBER}/owner", back=HERE)
async def assign_ticket(visit: Visit) -> web.StreamResponse:
    """To somebody or to nobody."""
    owner = visit.fits(Owner, owner=visit.form.one("owner") or None).owner
    work = visit.desk.ticket_work
    await work.assign(visit.actor, visit.number, visit.counted_version(), owner)
    return _done(visit, "assigned")


@pages.post(f"/tickets/{NUMBER}/tags", back=HERE)
async def tag_ticket(visit: Visit) -> web.StreamResponse:
    """Words between spaces."""
    tags = visit.fits(Tags, tags=visit.form.one("tags").lower().split()).tags
    work = visit.desk.ticket_work
    await work.tag(visit.actor, visit.number, visit.counted_version(), tags)
    return _done(visit, "tagged")


@pages.post(f"/tickets/{NUMBER}/comments", back=HERE)
async def comment_ticket(visit: Visit) -> web.StreamResponse:
    """Added to the thread, whatever else has changed."""
    text = visit.fits(Comment).text
    await visit.desk.ticket_work.comment(visit.actor, visit.number, text)
    await visit.desk.drafts.drop(visit.actor, note_of(visit.number))
    return _done(visit, "commented")


@pages.post(f"/tickets/{NUMBER}/fields", back=HERE)
async def edit_ticket(visit: Visit) -> web.StreamResponse:
    """Category and fields; one that was emptied is taken away. Of a form that says what it showed
    (`was.`), only what was changed in it is written.

    Who was overtaken sees what is there now beside what they wrote, and nothing is changed.
    """
    given = {name: value.strip() or None for name, value in visit.form.named("field.").items()}
    was = {name: value.strip() or None for name, value in visit.form.named("was.").items()}
    mine = {name: value for name, value in given.items() if name not in was or was[name] != value}
    change = visit.fits(TicketChange, fields=mine)
    shown = visit.form.one("was_category")
    category = change.category if change.category != shown else None
    edit = TicketEdit(category=category, fields=change.fields)
    work = visit.desk.ticket_work
    try:
        await work.edit(visit.actor, visit.number, visit.counted_version(), edit)
    except TicketMoved:
        return await _overtaken(visit, edit)
    return _done(visit, "edited")


async def _overtaken(visit: Visit, edit: TicketEdit) -> web.StreamResponse:
    ticket = await visit.desk.tickets.read(visit.actor, visit.number)
    now = ticket.fields
    differ = {
        name: (now.get(name), value)
        for name, value in (edit.fields or {}).items()
        if (now.get(name) or None) != value
    }
    category = edit.category if edit.category != ticket.category else None
    if not differ and category is None:
        # Somebody else has written the same.
        return _done(visit, "edited")
    return visit.show(
        "ticket_overtaken.html",
        status=412,
        ticket=ticket,
        differ=differ,
        category=category,
        staff=await visit.desk.names.staff(visit.actor),
        last=next((one for one in reversed(ticket.thread) if one.kind != "commented"), None),
    )


@pages.post(f"/tickets/{NUMBER}/files", back=HERE, takes_file=True)
async def attach_file(visit: Visit) -> web.StreamResponse:
    """One at a time."""
    visit.actor.need(Right.TICKETS_CHANGE, Right.FILES)
    if visit.upload is None:
        places = [{"pointer": "#/file", "detail": "no file was chosen"}]
        raise Problem(422, "unacceptable", "no file was chosen", places)
    upload = visit.upload
    await visit.desk.attachments.add(visit.actor, visit.number, upload.name, upload.content)
    return _done(visit, "attached")


@pages.post(f"/tickets/{NUMBER}/split", back=HERE)
async def split_ticket(visit: Visit) -> web.StreamResponse:
    """A ticket of its own, of the same person and call, which is seen next."""
    given = visit.fits(Split, fields={})
    new = NewTicket(category=given.category, comment=given.comment or "")
    work = visit.desk.ticket_work
    part = await work.split(visit.actor, visit.number, visit.counted_version(), new)
    values = {"number": visit.number}
    return visit.go(f"/tickets/{part.number}", Notice("tickets.split_off", values=values))


@pages.post(f"/tickets/{NUMBER}/merge", back=HERE)
async def merge_ticket(visit: Visit) -> web.StreamResponse:
    """Into another, which is seen next; what was merged can be taken out again."""
    into = visit.fits(Merge).into
    work = visit.desk.ticket_work
    await work.merge(visit.actor, visit.number, visit.counted_version(), into)
    merged = await visit.desk.tickets.read(visit.actor, visit.number)
    undo = Undo(path=f"/tickets/{visit.number}/unmerge", version=str(merged.version))
    values = {"number": visit.number}
    return visit.go(f"/tickets/{into}", Notice("tickets.merged", values=values, undo=undo))


@pages.post(f"/tickets/{NUMBER}/unmerge", back=HERE)
async def unmerge_ticket(visit: Visit) -> web.StreamResponse:
    """A ticket of its own again."""
    await visit.desk.ticket_work.unmerge(visit.actor, visit.number, visit.counted_version())
    return _done(visit, "unmerged")


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/tickets/{visit.number}", Notice(f"tickets.{what}"))


def _fields(ticket: Ticket) -> list[str]:
    """Those that the category needs, and what else was told."""
    needed = FIELDS[ticket.category]
    return [*needed, *(name for name in ticket.fields if name not in needed)]


def _opens_files(visit: Visit, ticket: Ticket) -> bool:
    actor = visit.actor
    return actor.may(Right.FILES) and (not ticket.anonymous or actor.may(Right.ANONYMOUS))


def _macros(visit: Visit, ticket: Ticket, macros: Mapping[str, Macro]) -> list[tuple[str, str]]:
    """Titles and texts, in Indonesian whatever language the page is in."""
    words = dictionaries()[LANGUAGES[0]]
    values: dict[str, Any] = {
        "number": ticket.number,
        # Who asked to stay anonymous is named in no text.
        "name": (not ticket.anonymous and ticket.name) or words("tickets.somebody"),
        "category": words.of("category", ticket.category),
        "status": words.of("status", ticket.status),
        "deadline": day(words, ticket.deadline),
        "agent": visit.actor.name,
    }
    found = [macro for macro in macros.values() if macro.is_for(ticket.category)]
    return [(macro.title, macro.filled(values)) for macro in found]
