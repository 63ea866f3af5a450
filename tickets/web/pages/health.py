"""How the machines do, for who keeps them running."""

from aiohttp import web

from tickets.rights import Right
from tickets.web.pages.page import Nav, Pages, Visit

pages = Pages("health", nav=Nav("nav.health", "/health", (Right.HEALTH_READ,), key="h"))


@pages.get("/health")
async def show_health(visit: Visit) -> web.StreamResponse:
    """Each part, the ones that want work first."""
    return visit.show("health.html", condition=await visit.desk.health.read(visit.actor))


@pages.get("/health/parts")
async def show_parts(visit: Visit) -> web.StreamResponse:
    """As they are now; the page asks for this by itself."""
    return visit.show("health_parts.html", condition=await visit.desk.health.read(visit.actor))
