"""Tickets that are handed over to another institution, and what it answers.

The ticket's own deadline goes on meanwhile: who told us is answered by us.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from pydantic import TypeAdapter

from config.phones import masked
from tickets import lifecycle
from tickets.cases.partners import Partner, Partners
from tickets.cases.tickets import TicketUnknown
from tickets.consents import Consent, Purpose, record
from tickets.deadlines import Deadlines
from tickets.errors import TicketError, Unacceptable
from tickets.handover_answers import (
    LIVE,
    AnswerKind,
    HandoverOver,
    HandoverUnknown,
    Said,
    note_on_ticket,
    take_answer,
)
from tickets.handover_content import MayNotLeave, content_of
from tickets.handover_rules import Leaves, ToHandOver, Withheld, decide
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

State = Literal["waiting", "sent", "failed", "accepted", "done", "declined", "withdrawn"]
Way = Literal["webhook", "file"]


class HandedOver(TicketError):
    """It is with this institution already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An institution, and what of the ticket would leave for it."""

    partner: UUID
    name: str
    way: Way
    withheld: Withheld | None
    """Why nothing may leave."""
    live: bool
    """It is there already."""
    by_consent: bool
    law: str
    values: Mapping[str, str]
    """By name, as the institution would read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverAnswer:
    answer: AnswerKind
    note: str
    until: datetime | None
    by_whom: str | None
    """The login of who wrote it down; None for one that the institution signed itself."""
    at: datetime


_ANSWERS = TypeAdapter(list[HandoverAnswer])


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A ticket at an institution."""

    id: UUID
    ticket: str
    category: str
    ticket_status: str
    deadline: datetime
    """The ticket's own, which goes on."""
    confidential: bool
    partner: UUID
    partner_name: str
    enforces: bool
    way: Way
    state: State
    note: str
    made_by: str
    made_at: datetime
    due: datetime
    """Until when it should have answered; once accepted, be done."""
    sent_at: datetime | None
    told: list[str]
    """Names of what left."""
    attempts: int
    status: int | None
    """HTTP's, of the last attempt."""
    problem: str
    settled_at: datetime | None
    answers: list[HandoverAnswer]

    @property
    def is_open(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFilter:
    """What is None does not narrow."""

    partner: UUID | None = None
    ticket: str | None = None
    open: bool = True
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handovers:
    """Every method raises NotAllowed, StoreAway, and TicketUnknown or HandoverUnknown for what the
    actor may not see."""

    store: Store
    partners: Partners
    deadlines: Deadlines
    clock: Callable[[], datetime]

    async def choices(self, actor: Actor, number: str) -> list[Choice]:
        """Every institution that is open, and what would leave for it; who may be told it first."""
        actor.need(Right.HANDOVERS, Right.TICKETS_READ)
        known = await self.partners.all(actor)
        async with self.store.connection() as connection:
            ticket = await _ticket(connection, actor, number)
            rows = await connection.fetch(SQL["live_handovers"], ticket.id)
        live = {row["partner"] for row in rows}
        found = [
            _choice(actor, one, ticket, one.id in live) for one in known if one.closed_at is None
        ]
        return sorted(found, key=lambda one: (one.live, one.withheld is not None))

    async def make(
        self,
        actor: Actor,
        number: str,
        partner: UUID,
        note: str,
        id: UUID | None = None,  # noqa: A002
    ) -> Handover:
        """It is the institution's too from now on.

        Raises PartnerUnknown, MayNotLeave, HandedOver.
        """
        actor.need(Right.HANDOVERS)
        to, at, made = await self.partners.read(actor, partner), self.clock(), id or uuid4()
        async with self._transaction() as connection:
            await connection.fetchrow(SQL["hold_ticket"], actor.may(Right.CONFIDENTIAL), number)
            ticket = await _ticket(connection, actor, number)
            share = next((one for one in to.shares if one.category == ticket.category), None)
            decided = decide(ticket, to.enforces, share if to.closed_at is None else None)
            if isinstance(decided, Withheld):
                raise MayNotLeave(decided)
            due = self.deadlines.calendar.add_working_days(at, to.answer_days)
            way = "webhook" if to.url else "file"
            given = (made, ticket.id, partner, way, note, actor.login, at, due)
            if await connection.fetchval(SQL["add_handover"], *given) is None:
                raise HandedOver(f"ticket {number} is with {to.name} already")
            await note_look(connection, actor, "ticket.handed_over", number)
            await note_on_ticket(connection, ticket.id, actor.login, None, "waiting", to.name, at)
            await self._refer(connection, ticket, actor, at)
        return await self.read(actor, made)

    async def page(
        self,
        actor: Actor,
        wanted: HandoverFilter,
        after: tuple[datetime, UUID] | None = None,
        limit: int = 50,
    ) -> list[Handover]:
        """By what is due next."""
        actor.need(Right.TICKETS_READ)
        given = (wanted.partner, wanted.ticket, wanted.open, wanted.due_before)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["handovers"],
                actor.may(Right.CONFIDENTIAL),
                None,
                *given,
                *(after or (None, None)),
                limit,
            )
        return [_handover(row) for row in rows]

    async def read(self, actor: Actor, handover: UUID) -> Handover:
        actor.need(Right.TICKETS_READ)
        async with self.store.connection() as connection:
            return await self._read(connection, actor, handover)

    async def answer(
        self,
        actor: Actor,
        handover: UUID,
        said: Said,
        id: UUID | None = None,  # noqa: A002
    ) -> Handover:
        """As an officer heard it from the institution. Raises HandoverOver."""
        actor.need(Right.HANDOVERS)
        async with self._transaction() as connection:
            await self._read(connection, actor, handover)
            await take_answer(
                connection, handover, said, by=actor.login, at=self.clock(), id_=id or uuid4()
            )
        return await self.read(actor, handover)

    async def withdraw(self, actor: Actor, handover: UUID) -> Handover:
        """Nothing is waited for any more. Raises HandoverOver."""
        return await self._move(actor, handover, "withdrawn", LIVE)

    async def send_again(self, actor: Actor, handover: UUID) -> Handover:
        """What could not be sent, to where the institution is now. Raises HandoverOver,
        Unacceptable for one without an address."""
        actor.need(Right.HANDOVERS)
        known = await self.read(actor, handover)
        if (await self.partners.read(actor, known.partner)).url is None:
            raise Unacceptable("this institution has no address to send to")
        return await self._move(actor, handover, "waiting", frozenset({"failed"}))

    async def take_out(self, actor: Actor, handover: UUID) -> Mapping[str, Any]:
        """As a file, for an officer to hand over; the look is noted. Raises MayNotLeave,
        HandoverOver for what was withdrawn or declined."""
        actor.need(Right.HANDOVERS, Right.PHONES)
        async with self._transaction() as connection:
            known = await self._read(connection, actor, handover)
            if known.state in ("withdrawn", "declined"):
                raise HandoverOver(f"this hand-over is {known.state}")
            content = await content_of(
                connection,
                known.id,
                known.ticket,
                known.partner,
                known.enforces,
                known.note,
                known.due,
            )
            given = (handover, self.clock(), content.names, content.sha256)
            await connection.execute(SQL["handover_taken_out"], *given)
            await note_look(connection, actor, "handover.taken_out", known.ticket)
        return content.body

    async def agree(self, actor: Actor, number: str, granted: bool, words: str) -> None:
        """What the person said before an officer to their report going to other institutions;
        `words` are its proof. Raises Unacceptable for a ticket of nobody known."""
        actor.need(Right.HANDOVERS)
        async with self._transaction() as connection:
            row = await connection.fetchrow(
                SQL["work_ticket"], actor.may(Right.CONFIDENTIAL), number
            )
            if row is None:
                raise TicketUnknown(f"there is no ticket {number}")
            if row["person"] is None:
                raise Unacceptable("nobody is known to have told this ticket")
            said = Consent(
                person=row["person"],
                purpose=Purpose.SHARE_PARTNER,
                granted=granted,
                at=self.clock(),
                channel="desk",
                proof=f"{number}: {words}",
                phone=row["phone"],
                by=actor.login,
            )
            await record(connection, said)
            await note_look(connection, actor, "consent.recorded", number)

    async def _move(
        self, actor: Actor, handover: UUID, became: State, allowed: frozenset[str]
    ) -> Handover:
        actor.need(Right.HANDOVERS)
        at = self.clock()
        async with self._transaction() as connection:
            known = await self._read(connection, actor, handover)
            ticket = await connection.fetchrow(SQL["hold_ticket_of_handover"], handover, True)
            row = await connection.fetchrow(SQL["hold_handover"], handover, None)
            if row["state"] not in allowed:
                raise HandoverOver(f"this hand-over is {row['state']}")
            if became == "waiting":
                await connection.execute(SQL["send_handover_again"], handover)
            else:
                await connection.execute(SQL["settle_handover"], handover, became, row["due"], at)
            name = known.partner_name
            told = (ticket["id"], actor.login, row["state"], became, name, at)
            await note_on_ticket(connection, *told)
        return await self.read(actor, handover)

    async def _refer(
        self, connection: Connection, ticket: ToHandOver, actor: Actor, at: datetime
    ) -> None:
        """The ticket is referred (`rujuk`), where its life cycle allows that now."""
        if "rujuk" in lifecycle.MOVES[ticket.status]:
            await connection.execute(SQL["set_ticket_status"], ticket.id, "rujuk")
            given = (ticket.id, "moved", ticket.status, "rujuk", actor.login, "", at)
            await connection.execute(SQL["add_event"], *given)

    async def _read(self, connection: Connection, actor: Actor, handover: UUID) -> Handover:
        row = await connection.fetchrow(
            SQL["handovers"],
            actor.may(Right.CONFIDENTIAL),
            handover,
            *(None, None, False, None, None, None, 1),
        )
        if row is None:
            raise HandoverUnknown(f"there is no hand-over {handover}")
        return _handover(row)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        async with self.store.connection() as connection, connection.transaction():
            yield connection


async def _ticket(connection: Connection, actor: Actor, number: str) -> ToHandOver:
    row = await connection.fetchrow(
        SQL["ticket_to_hand_over"], number, actor.may(Right.CONFIDENTIAL)
    )
    if row is None:
        raise TicketUnknown(f"there is no ticket {number}")
    return ToHandOver.of(row)


def _choice(actor: Actor, partner: Partner, ticket: ToHandOver, live: bool) -> Choice:
    share = next((one for one in partner.shares if one.category == ticket.category), None)
    decided = decide(ticket, partner.enforces, share)
    values: Mapping[str, str] = {}
    if isinstance(decided, Leaves):
        values = decided.values
        if "phone" in values and not actor.may(Right.PHONES):
            values = {**values, "phone": masked(values["phone"])}
    return Choice(
        partner=partner.id,
        name=partner.name,
        way="webhook" if partner.url else "file",
        withheld=decided if isinstance(decided, Withheld) else None,
        live=live,
        by_consent=isinstance(decided, Leaves) and decided.by_consent,
        law=share.law if share else "",
        values=values,
    )


def _handover(row: Mapping[str, Any]) -> Handover:
    return Handover(**dict(row) | {"answers": _ANSWERS.validate_json(row["answers"])})
