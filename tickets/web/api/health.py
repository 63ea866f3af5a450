"""How the machines do."""

from tickets.cases.health import Condition
from tickets.web.routes import Ask, Routes

routes = Routes("health")


@routes.get("/condition")
async def read_condition(ask: Ask[None, None]) -> Condition:
    """Each part of the installation, with what to do where it is not well."""
    return await ask.desk.health.read(ask.actor)
