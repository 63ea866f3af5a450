"""The wallboard: who waits, who works, how today goes; and what supervisors do about it."""

import json
from typing import Any
from uuid import UUID

from aiohttp import web

from tickets.phone_side import PhoneAway
from tickets.rights import Right
from tickets.web.api.agents import REASONS, ListenIn, StateIn
from tickets.web.api.line import ClosureIn
from tickets.web.api.queues import MoveIn
from tickets.web.notices import Notice
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.problems import Problem
from tickets.web.routes import EXTENSION, ID
from tickets.web.shown_times import from_input

pages = Pages("wall", nav=Nav("nav.wall", "/wall", (Right.LIVE_READ,), key="d"))


@pages.get("/wall")
async def show_wall(visit: Visit) -> web.StreamResponse:
    """All of it; its parts read themselves again when something changes."""
    return visit.show(
        "wall.html",
        **await _figures(visit),
        **await _pulse(visit),
        **await _people(visit),
        **await _line(visit),
    )


@pages.get("/wall/figures")
async def show_figures(visit: Visit) -> web.StreamResponse:
    return visit.show("wall_figures.html", **await _figures(visit))


@pages.get("/wall/pulse")
async def show_pulse(visit: Visit) -> web.StreamResponse:
    """The chart of the last two hours."""
    return visit.show("wall_pulse.html", **await _pulse(visit))


@pages.get("/wall/people")
async def show_people(visit: Visit) -> web.StreamResponse:
    """Who waits, and what every agent does."""
    return visit.show("wall_people.html", **await _people(visit))


@pages.get("/wall/line")
async def show_line(visit: Visit) -> web.StreamResponse:
    return visit.show("wall_line.html", **await _line(visit))


@pages.post("/wall/line/close", back="/wall")
async def close_line(visit: Visit) -> web.StreamResponse:
    """At once; until the given time, or until somebody reopens it."""
    until = visit.form.one("until")
    try:
        end = from_input(until) if until else None
    except ValueError:
        raise Problem(422, "unacceptable", "no time", [{"pointer": "#/until"}]) from None
    given = visit.fits(ClosureIn, until=end)
    await visit.desk.line.close(visit.actor, given.reason, given.until)
    return visit.go("/wall", Notice("wall.closed"))


@pages.post("/wall/line/reopen", back="/wall")
async def reopen_line(visit: Visit) -> web.StreamResponse:
    await visit.desk.line.reopen(visit.actor)
    return visit.go("/wall", Notice("wall.reopened"))


@pages.post(f"/wall/agents/{EXTENSION}/state", back="/wall")
async def change_state(visit: Visit) -> web.StreamResponse:
    """`do` is one of the API's, or `pause:REASON`."""
    do, _, reason = visit.form.one("do").partition(":")
    given = visit.fits(StateIn, do=do, reason=reason or None)
    await visit.desk.agents.change(visit.actor, _extension(visit), given.do, given.reason or "")
    return visit.go("/wall", Notice("wall.changed"))


@pages.post(f"/wall/agents/{EXTENSION}/listen", back="/wall")
async def listen(visit: Visit) -> web.StreamResponse:
    how = visit.fits(ListenIn).how
    await visit.desk.agents.listen(visit.actor, _extension(visit), how)
    return visit.go("/wall", Notice("wall.your_phone_rings"))


@pages.post(f"/wall/waiting/{ID}/take", back="/wall")
async def take(visit: Visit) -> web.StreamResponse:
    await visit.desk.agents.take(visit.actor, visit.id)
    return visit.go("/wall", Notice("wall.your_phone_rings"))


@pages.post(f"/wall/waiting/{ID}/move", back="/wall")
async def move(visit: Visit) -> web.StreamResponse:
    entry: UUID = visit.id
    await visit.desk.agents.move(visit.actor, entry, visit.fits(MoveIn).queue)
    return visit.go("/wall", Notice("wall.moved"))


async def _figures(visit: Visit) -> dict[str, Any]:
    return {"wall": await visit.desk.live.wall(visit.actor)}


async def _pulse(visit: Visit) -> dict[str, Any]:
    pulse = await visit.desk.live.pulse(visit.actor)
    told = {
        "at": [int(at.timestamp()) for at in pulse.at],
        "waiting": pulse.waiting,
        "talking": pulse.talking,
    }
    return {"pulse": pulse, "pulse_json": json.dumps(told)}


async def _people(visit: Visit) -> dict[str, Any]:
    try:
        waiting = (await visit.desk.live.waiting(visit.actor)).waiting
        agents = (await visit.desk.agents.all(visit.actor)).agents
        away = False
    except PhoneAway:
        waiting, agents, away = [], [], True
    return {
        "waiting": waiting,
        "agents": agents,
        "away": away,
        "reasons": REASONS,
        # A caller is put into a queue by its own name; the language is the caller's.
        "queue_names": [one.queue for one in visit.desk.queue_book.all(visit.actor)],
    }


async def _line(visit: Visit) -> dict[str, Any]:
    found = await visit.desk.line.closures(visit.actor, None, 20)
    stand = [one for one in found if one.stands]
    staff = await visit.desk.names.staff(visit.actor) if stand else {}
    return {"closures": stand, "staff": staff}


def _extension(visit: Visit) -> str:
    return visit.request.match_info["extension"]
