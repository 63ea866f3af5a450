"""What an agent has before them all day: their state, who rings, who waits, what to do next."""

from typing import Any

from aiohttp import web

from tickets import lifecycle
from tickets.cases.agents import Agent, LastTalk, NoPhone
from tickets.cases.live import Guest
from tickets.cases.ticket_work import NewTicket, TicketEdit
from tickets.cases.tickets import TicketFilter
from tickets.phone_side import PhoneAway
from tickets.rights import Right
from tickets.ticket_form import FIELDS
from tickets.web.api.agents import REASONS, DispositionIn, StateIn
from tickets.web.api.tickets import TicketChange, TicketIn
from tickets.web.notices import Notice
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import NUMBER

pages = Pages("work", nav=Nav("nav.work", "/work", (Right.AGENTS_OWN,), key="w"))

TASKS = 6


@pages.get("/work")
async def show_work(visit: Visit) -> web.StreamResponse:
    """All of it; its parts read themselves again when something changes."""
    return visit.show(
        "work.html",
        **await _state(visit),
        **await _pop(visit),
        **await _queue(visit),
        **await _tasks(visit),
    )


@pages.get("/work/state")
async def show_state(visit: Visit) -> web.StreamResponse:
    return visit.show("work_state.html", **await _state(visit))


@pages.get("/work/pop")
async def show_pop(visit: Visit) -> web.StreamResponse:
    """Who rings, who is spoken with, or who was spoken with last."""
    return visit.show("work_pop.html", **await _pop(visit))


@pages.get("/work/ring")
async def show_ring(visit: Visit) -> web.StreamResponse:
    """A line about who rings, on every other page."""
    return visit.show("work_ring.html", **await _state(visit))


@pages.get("/work/queue")
async def show_queue(visit: Visit) -> web.StreamResponse:
    return visit.show("work_queue.html", **await _queue(visit))


@pages.get("/work/tasks")
async def show_tasks(visit: Visit) -> web.StreamResponse:
    return visit.show("work_tasks.html", **await _tasks(visit))


@pages.post("/work/state", back="/work")
async def change_state(visit: Visit) -> web.StreamResponse:
    """`do` is one of the API's, or `pause:REASON`."""
    do, _, reason = visit.form.one("do").partition(":")
    given = visit.fits(StateIn, do=do, reason=reason or None)
    await visit.desk.agents.change(visit.actor, _own(visit), given.do, given.reason or "")
    return visit.go("/work")


@pages.post("/work/disposition", back="/work")
async def dispose(visit: Visit) -> web.StreamResponse:
    code = visit.fits(DispositionIn).code
    await visit.desk.agents.dispose(visit.actor, _own(visit), code)
    return visit.go("/work", Notice("work.disposed"))


@pages.post("/work/recording", back="/work")
async def toggle_recording(visit: Visit) -> web.StreamResponse:
    recorded = await visit.desk.agents.toggle_recording(visit.actor, _own(visit))
    return visit.go("/work", Notice("work.recording_on" if recorded else "work.recording_off"))


@pages.post("/work/tickets", back="/work")
async def open_ticket(visit: Visit) -> web.StreamResponse:
    """For who is on the line, or was there last; its form is shown beside them."""
    given = visit.fits(TicketIn, fields={})
    _, guest, last = await _on_the_line(visit)
    subject = guest or last
    new = NewTicket(
        category=given.category,
        phone=guest.phone if guest else await _phone_of(visit, last),
        owner=visit.actor.login,
        call=subject.call if subject else None,
    )
    ticket = await visit.desk.ticket_work.open(visit.actor, new)
    return visit.go("/work", Notice("work.opened", values={"number": ticket.number}))


@pages.post(f"/work/tickets/{NUMBER}/fields", back="/work")
async def save_fields(visit: Visit) -> web.StreamResponse:
    """As they are typed: what was emptied is taken away. Tells the version that is there now."""
    given = {name: value.strip() or None for name, value in visit.form.named("field.").items()}
    edit = TicketEdit(fields=visit.fits(TicketChange, fields=given).fields)
    work = visit.desk.ticket_work
    ticket = await work.edit(visit.actor, visit.number, visit.counted_version(), edit)
    if not visit.is_partial:
        return visit.go("/work", Notice("tickets.edited"))
    return visit.show("work_saved.html", ticket=ticket)


@pages.post(f"/work/tickets/{NUMBER}/callback", back="/work")
async def call_back(visit: Visit) -> web.StreamResponse:
    """As soon as its turn comes: the dialler rings an agent first."""
    await visit.desk.callbacks.make(visit.actor, visit.number, None, visit.desk.clock())
    return visit.go("/work", Notice("work.callback_made"))


async def _state(visit: Visit) -> dict[str, Any]:
    try:
        return {
            "me": await visit.desk.agents.own(visit.actor),
            "away": False,
            "no_phone": False,
            "reasons": REASONS,
        }
    except PhoneAway:
        return {"me": None, "away": True, "no_phone": False, "reasons": REASONS}
    except NoPhone:
        return {"me": None, "away": False, "no_phone": True, "reasons": REASONS}


async def _on_the_line(visit: Visit) -> tuple[Agent | None, Guest | None, LastTalk | None]:
    """Oneself, who rings or is spoken with, and without them who was spoken with last."""
    me: Agent | None = (await _state(visit))["me"]
    guest = (me.ringing or me.talk) if me else None
    if guest is not None or not visit.actor.extension:
        return me, guest, None
    return me, None, await visit.desk.agents.last_talk(visit.actor)


async def _phone_of(visit: Visit, last: LastTalk | None) -> str | None:
    """Where who was spoken with last can be reached."""
    if last is None:
        return None
    pop = await visit.desk.screen_pop.of(visit.actor, last.call, last.callback)
    return pop.person.phones[0] if pop.person and pop.person.phones else None


async def _pop(visit: Visit) -> dict[str, Any]:
    me, guest, last = await _on_the_line(visit)
    subject = guest or last
    pop = None
    if subject is not None:
        pop = await visit.desk.screen_pop.of(visit.actor, subject.call, subject.callback)
    return {
        "guest": guest,
        "rings": bool(me and me.ringing),
        "last": last,
        "pop": pop,
        "subject": subject and (subject.call or subject.callback),
        "forms": await _forms(visit, pop.call.tickets if pop and pop.call else []),
        "codes": visit.desk.agents.named_codes(visit.actor),
        "categories": sorted(lifecycle.CATEGORIES),
    }


async def _forms(visit: Visit, numbers: list[str]) -> list[Any]:
    """The tickets of this call with the fields that each needs."""
    found = [await visit.desk.tickets.read(visit.actor, number) for number in numbers[:3]]
    return [(ticket, FIELDS[ticket.category]) for ticket in found]


async def _queue(visit: Visit) -> dict[str, Any]:
    wall = await visit.desk.live.wall(visit.actor)
    try:
        waiting = (await visit.desk.live.waiting(visit.actor)).waiting
    except PhoneAway:
        waiting = []
    return {"wall": wall, "waiting": waiting}


async def _tasks(visit: Visit) -> dict[str, Any]:
    """People whom the dialler could not reach, and what of one's own is due next."""
    callbacks = await visit.desk.callbacks.page(visit.actor, ("human",), None, TASKS)
    mine = TicketFilter(owner=visit.actor.login, by_deadline=True)
    tickets = await visit.desk.tickets.page(visit.actor, mine, None, TASKS)
    return {"callbacks": callbacks, "tickets": tickets.tickets}


def _own(visit: Visit) -> str:
    if visit.actor.extension is None:
        raise NoPhone("your account has no extension")
    return visit.actor.extension
