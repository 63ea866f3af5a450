"""Queues: what holds in each, who serves it, and how it stands now."""

from typing import Any

from aiohttp import web

from tickets.cases.live import QueueLive
from tickets.phone_side import PhoneAway
from tickets.rights import Right
from tickets.web.pages.page import Nav, Pages, Visit

pages = Pages("queues", nav=Nav("nav.queues", "/queues", (Right.AGENTS_SUPERVISE,), key="q"))

_ADDED = ("waiting", "reachable", "serving", "free", "offered", "answered", "abandoned", "within")


@pages.get("/queues")
async def show_queues(visit: Visit) -> web.StreamResponse:
    """All of them; the part within reads itself anew when something changes."""
    return visit.show("queues.html", **await _queues(visit))


@pages.get("/queues/now")
async def show_now(visit: Visit) -> web.StreamResponse:
    return visit.show("queues_now.html", **await _queues(visit))


async def _queues(visit: Visit) -> dict[str, Any]:
    wall = await visit.desk.live.wall(visit.actor)
    try:
        agents = (await visit.desk.agents.all(visit.actor)).agents
    except PhoneAway:
        agents = []
    live = {one.queue: one for one in wall.queues}
    return {
        "wall": wall,
        "queues": [
            (
                rules,
                _together([live[name] for name in rules.on_pbx if name in live]),
                [agent for agent in agents if rules.queue in agent.skills],
            )
            for rules in visit.desk.queue_book.all(visit.actor)
        ],
    }


def _together(several: list[QueueLive]) -> dict[str, Any]:
    """A queue and its twins of other languages."""
    found: dict[str, Any] = {name: sum(getattr(one, name) for one in several) for name in _ADDED}
    since = [one.longest_since for one in several if one.longest_since]
    met = found["answered"] + found["abandoned"]
    return found | {
        "longest_since": min(since, default=None),
        "service_level": found["within"] / met if met else None,
    }
