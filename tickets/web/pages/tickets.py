"""Tickets on pages: found, read as one thread, and worked on by the use cases of the API."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from aiohttp import web

from tickets import lifecycle
from tickets.cases.ticket_work import TicketEdit
from tickets.errors import TicketError
from tickets.rights import NotAllowed, Right
from tickets.ticket_form import FIELDS
from tickets.web import keyset
from tickets.web.api.tickets import (
    PLACE,
    Comment,
    Merge,
    Move,
    Owner,
    Tags,
    TicketChange,
    TicketQuery,
    next_place,
    wanted,
)
from tickets.web.notices import Notice, Undo
from tickets.web.pages.listing import asked, following
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import problem_of
from tickets.web.routes import NUMBER

pages = Pages("tickets", nav=Nav("nav.tickets", "/tickets", (Right.TICKETS_READ,), key="t"))

HERE = "/tickets/{number}"
MOST_AT_ONCE = 200


@pages.get("/tickets")
async def list_tickets(visit: Visit) -> web.StreamResponse:
    """Those that are looked for, with the views that everybody has."""
    query = asked(visit, TicketQuery)
    place = keyset.place(query.after, PLACE)
    found = await visit.desk.tickets.page(
        visit.actor,
        wanted(query),
        place and place[:2],
        query.limit,
        similar=bool(place and place[2]),
    )
    return visit.show(
        "tickets.html",
        found=found,
        query=query,
        following=following(visit, next_place(query, found)),
        views=_views(visit.actor.login, visit.desk.clock()),
        categories=sorted(lifecycle.CATEGORIES),
        statuses=list(lifecycle.MOVES),
        colleagues=await visit.desk.tickets.colleagues(visit.actor),
    )


@pages.post("/tickets/moves", back="/tickets")
async def move_several(visit: Visit) -> web.StreamResponse:
    """Each that can be moved; the others are named."""
    became = visit.fits(Move).became
    moved, kept = 0, []
    for choice in visit.form.all("ticket")[:MOST_AT_ONCE]:
        number, _, version = choice.partition(":")
        try:
            seen = int(version)
            await visit.desk.ticket_work.move(visit.actor, number, seen, became)
            moved += 1
        except (TicketError, ValueError) as error:
            problem = problem_of(error)
            if isinstance(error, NotAllowed):
                raise
            if problem is None and not isinstance(error, ValueError):
                raise
            kept.append(number[:20])
    values = {"moved": str(moved), "kept": " ".join(kept)[:120]}
    notice = Notice("tickets.some_moved" if kept else "tickets.all_moved", values=values)
    return visit.go("/tickets", notice)


@pages.get(f"/tickets/{NUMBER}")
async def show_ticket(visit: Visit) -> web.StreamResponse:
    """A ticket as one thread."""
    ticket = await visit.desk.tickets.read(visit.actor, visit.number)
    needed = FIELDS[ticket.category]
    others = [name for name in ticket.fields if name not in needed]
    return visit.show(
        "ticket.html",
        ticket=ticket,
        fields=[*needed, *others],
        moves=sorted(lifecycle.MOVES[ticket.status]),
        categories=sorted(lifecycle.CATEGORIES),
        colleagues=await visit.desk.tickets.colleagues(visit.actor),
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
    return _done(visit, "commented")


@pages.post(f"/tickets/{NUMBER}/fields", back=HERE)
async def edit_ticket(visit: Visit) -> web.StreamResponse:
    """Category and fields; one that was emptied is taken away."""
    given = {name: value.strip() or None for name, value in visit.form.named("field.").items()}
    change = visit.fits(TicketChange, fields=given)
    edit = TicketEdit(category=change.category, fields=change.fields)
    work = visit.desk.ticket_work
    await work.edit(visit.actor, visit.number, visit.counted_version(), edit)
    return _done(visit, "edited")


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


def _views(login: str, now: datetime) -> Mapping[str, str]:
    """Addresses by the last part of their names."""
    soon = (now.astimezone(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    late = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "mine": f"/tickets?owner={login}&order=deadline",
        "unowned": "/tickets?owned=false&order=deadline",
        "late": f"/tickets?due_before={late}&order=deadline",
        "soon": f"/tickets?due_before={soon}&order=deadline",
        "all": "/tickets",
    }
