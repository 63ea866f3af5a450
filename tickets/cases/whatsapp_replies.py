"""Writing to a ticket's person by WhatsApp: an answer within their 24 hours, else a template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from tickets.cases.ticket_work import hold_ticket
from tickets.cases.tickets import TicketUnknown
from tickets.consents import Purpose, consents
from tickets.errors import TicketError, Unacceptable
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store
from tickets.whatsapp import sending
from tickets.whatsapp.dates import day

Why = Literal["off", "nobody", "no_consent", "no_way"]
"""Why nothing can be written: the channel is off; nobody is known; they did not agree; they have
no mobile number."""
BY_HAND = ("ticket_number", "could_not_reach")
"""Templates that an agent may send."""


class WhatsAppClosed(TicketError):
    """Nothing can be written to them this way now: read the ticket's page for why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How a ticket's person can be written to now."""

    until: datetime | None = None
    """Free text may be sent until then; None when it may not."""
    templates: tuple[str, ...] = ()
    why: Why | None = None
    """Why there is neither."""


@dataclass(frozen=True, slots=True)
class WhatsAppReplies:
    """Every method raises NotAllowed, StoreAway, and TicketUnknown for a ticket that the actor may
    not see."""

    store: Store
    clock: Callable[[], datetime]

    async def door(self, actor: Actor, number: str) -> Door:
        """What the ticket's page offers."""
        actor.need(Right.TICKETS_CHANGE)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(
                SQL["ticket_for_whatsapp"], actor.may(Right.CONFIDENTIAL), number
            )
            if row is None:
                raise TicketUnknown(f"there is no ticket {number}")
            return await self._door(connection, actor, row)

    async def reply(
        self,
        actor: Actor,
        number: str,
        text: str,
        id: UUID | None = None,  # noqa: A002
    ) -> None:
        """Queue an answer, once for an `id`. Raises TicketMerged, WhatsAppClosed, Unacceptable."""
        actor.need(Right.TICKETS_CHANGE)
        text = text.strip()
        if not text or len(text) > sending.LONGEST_TEXT:
            raise Unacceptable(f"a message has 1 to {sending.LONGEST_TEXT} characters", "/text")
        async with self.store.connection() as connection, connection.transaction():
            ticket = await self._held(connection, actor, number)
            sent = await sending.send_text(
                connection,
                ticket["person"],
                text,
                key=f"reply:{id or uuid4()}",
                ticket=ticket["id"],
                actor=actor.login,
            )
            if not sent:
                raise WhatsAppClosed("free text can be sent for 24 hours after their last message")

    async def send(
        self,
        actor: Actor,
        number: str,
        template: str,
        id: UUID | None = None,  # noqa: A002
    ) -> None:
        """Queue one of `BY_HAND`, once for an `id`. Raises TicketMerged, WhatsAppClosed,
        Unacceptable."""
        actor.need(Right.TICKETS_CHANGE)
        if template not in BY_HAND:
            raise Unacceptable(f"there is no template {template} for this", "/template")
        async with self.store.connection() as connection, connection.transaction():
            ticket = await self._held(connection, actor, number)
            sent = await sending.send_template(
                connection,
                ticket["person"],
                template,
                {"number": ticket["number"], "deadline": day(ticket["deadline"])},
                key=f"sent:{id or uuid4()}",
                ticket=ticket["id"],
                actor=actor.login,
            )
            if not sent:
                raise WhatsAppClosed("they did not agree to it, or have no mobile number")

    async def _held(self, connection: Connection, actor: Actor, number: str) -> Mapping[str, Any]:
        ticket = await hold_ticket(connection, actor, number)
        if ticket["person"] is None:
            raise WhatsAppClosed("nobody is known who could be written to")
        if ticket["anonymous"]:
            actor.need(Right.ANONYMOUS)
        return ticket

    async def _door(self, connection: Connection, actor: Actor, ticket: Mapping[str, Any]) -> Door:
        if not sending.is_on():
            return Door(why="off")
        if ticket["person"] is None or (ticket["anonymous"] and not actor.may(Right.ANONYMOUS)):
            return Door(why="nobody")
        account = await connection.fetchrow(SQL["whatsapp_account"], ticket["person"], None)
        last = account["last_in_at"] if account else None
        until = last + sending.WINDOW if last else None
        if until and until <= self.clock():
            until = None
        agreed = await consents(connection, ticket["person"], Purpose.WHATSAPP)
        reachable = account or await sending.has_mobile(connection, ticket["person"])
        if agreed and reachable:
            return Door(until=until, templates=BY_HAND)
        if until:
            return Door(until=until)
        return Door(why="no_way" if not reachable else "no_consent")
