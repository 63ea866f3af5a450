"""Filters of the list of tickets that people look at again: their own, and those for everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tickets.errors import TicketError, Unacceptable
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store

MOST = 30
"""Views of one person."""


class ViewUnknown(TicketError):
    """No view that the actor may take away has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    id: UUID
    name: str
    query: str
    """As in the address of the list: `status=baru&order=deadline`."""
    shared: bool
    own: bool
    by: str
    """The name of who made it."""


@dataclass(frozen=True, slots=True)
class SavedViews:
    """A view shows nothing by itself: the list does, to each as they may see it.

    Every method raises NotAllowed and StoreAway.
    """

    store: Store
    clock: Callable[[], datetime]

    async def all(self, actor: Actor) -> list[SavedView]:
        """One's own first."""
        actor.need(Right.TICKETS_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["ticket_views"], actor.user)
        return [SavedView(**row) for row in rows]

    async def add(
        self,
        actor: Actor,
        name: str,
        query: str,
        shared: bool,
        id: UUID | None = None,  # noqa: A002
    ) -> SavedView:
        """In place of one's own of this name. Who gives tickets to others shares views too.

        Raises Unacceptable for too many.
        """
        actor.need(Right.TICKETS_READ)
        if shared:
            actor.need(Right.TICKETS_ASSIGN)
        async with self.store.connection() as connection, connection.transaction():
            row = await connection.fetchrow(
                SQL["add_ticket_view"],
                id or uuid4(),
                actor.user,
                name,
                query,
                shared,
                self.clock(),
                actor.name,
            )
            if await connection.fetchval(SQL["count_ticket_views"], actor.user) > MOST:
                raise Unacceptable(f"one has at most {MOST} views: take one away", "/name")
        return SavedView(**row)

    async def drop(self, actor: Actor, view: UUID) -> None:
        """One's own, or of those who may share any shared one. Raises ViewUnknown."""
        actor.need(Right.TICKETS_READ)
        may = actor.may(Right.TICKETS_ASSIGN)
        async with self.store.connection() as connection:
            if await connection.fetchval(SQL["drop_ticket_view"], view, actor.user, may) is None:
                raise ViewUnknown(f"there is no view {view}")
