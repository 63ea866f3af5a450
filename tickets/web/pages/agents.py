"""Agents: what each does now, and how a day of theirs went."""

from datetime import date, timedelta
from typing import Any

from aiohttp import web

from config.calendar import WIB
from tickets.phone_side import PhoneAway
from tickets.reports import Period
from tickets.rights import Right
from tickets.web.pages.listing import asked
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.texts import Body, Day

pages = Pages("agents", nav=Nav("nav.agents", "/agents", (Right.AGENTS_SUPERVISE,), key="e"))


class AgentsQuery(Body):
    day: Day | None = None


@pages.get("/agents")
async def show_agents(visit: Visit) -> web.StreamResponse:
    """All of them; the part within reads itself anew when something changes."""
    return visit.show("agents.html", **await _agents(visit))


@pages.get("/agents/now")
async def show_now(visit: Visit) -> web.StreamResponse:
    return visit.show("agents_now.html", **await _agents(visit))


async def _agents(visit: Visit) -> dict[str, Any]:
    today = visit.desk.clock().astimezone(WIB).date()
    day: date = asked(visit, AgentsQuery).day or today
    figures = await visit.desk.figures.agents(visit.actor, Period.day(day, timedelta(days=1)))
    try:
        agents = (await visit.desk.agents.all(visit.actor)).agents
    except PhoneAway:
        agents = []
    return {
        "day": day,
        "today": today,
        "agents": agents,
        "done": {one.agent: one for one in figures},
        "wall": await visit.desk.live.wall(visit.actor),
    }
