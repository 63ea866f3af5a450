"""Views of the list of tickets, under names."""

from urllib.parse import urlencode

from pydantic import Field

from tickets.cases.saved_views import SavedView
from tickets.web.api.tickets import FilterQuery
from tickets.web.routes import ID, Ask, Routes
from tickets.web.texts import Body, ViewName

routes = Routes("views")


class ViewIn(Body):
    name: ViewName
    filter: FilterQuery
    """As a list of tickets is asked for, without its place."""
    shared: bool = Field(False)
    """For everybody; who gives tickets to others may."""


@routes.get("/views")
async def list_views(ask: Ask[None, None]) -> list[SavedView]:
    """One's own views, and those that everybody has."""
    return await ask.desk.saved_views.all(ask.actor)


@routes.post("/views")
async def save_view(ask: Ask[None, ViewIn]) -> SavedView:
    """Save a view, in place of one's own of this name."""
    given = ask.body
    query = written(given.filter)
    return await ask.desk.saved_views.add(ask.actor, given.name, query, given.shared, ask.new_id)


@routes.delete(f"/views/{ID}")
async def drop_view(ask: Ask[None, None]) -> None:
    """Take a view away."""
    await ask.desk.saved_views.drop(ask.actor, ask.id)


def written(query: FilterQuery) -> str:
    """As the list's address has it, in one order; what is not asked for is not in it."""
    given = query.model_dump(mode="json", exclude_defaults=True, exclude={"after", "limit"})
    pairs = [
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in sorted(given.items())
        for one in (value if isinstance(value, list) else [value])
    ]
    return urlencode(pairs)
