"""Traders introduced to producers: by whom, what became of it, and the calls in which they met."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from config.calendar import WIB
from tickets.cases.agents import NoPhone
from tickets.cases.producers import ProducerUnknown
from tickets.cases.tickets import TicketUnknown
from tickets.consents import Purpose, consents
from tickets.errors import TicketError, Unacceptable
from tickets.looks import note_look
from tickets.phone_side import AgentUnknown, PhoneRefused, PhoneSide
from tickets.producers import capacity
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

How = Literal["call", "by_hand"]
State = Literal["introduced", "accepted", "declined", "deal", "no_deal"]
FollowUpKind = Literal["stalled", "day_30", "day_90"]
MOVES: dict[str, tuple[State, ...]] = {
    "introduced": ("accepted", "declined"),
    "accepted": ("deal", "no_deal"),
}
"""What may become of a referral in each state; what is not here has ended."""
STALLS = timedelta(days=7)
"""A referral in which nothing moved for so long is to be looked at."""
ASKED_AFTER = (timedelta(days=30), timedelta(days=90))


class ReferralUnknown(TicketError):
    """There is no such referral."""


class ReferralChanged(TicketError):
    """Somebody else moved it first; read it again."""


class ReferralMoveForbidden(TicketError):
    """This does not follow from the state it is in."""


class ReferredAlready(TicketError):
    """The two are being introduced already."""


class NotAgreed(TicketError):
    """The trader or the producer has not agreed that the other gets to know them."""


class NoCapacity(TicketError):
    """The producer cannot take on so many that month, or takes on nobody now."""


class IntroductionLive(TicketError):
    """One of them is in such a call, or is being called back just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEvent:
    was: str | None
    became: str
    actor: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """When somebody has to look, or to ask how it went."""

    kind: FollowUpKind
    due: datetime
    state: str
    """`due`, `done` or `dropped`."""
    answer: str
    by_whom: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    what: str
    party: str
    """`agent`, `trader` or `producer`; empty for the end of the call."""
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionCall:
    """An agent, the trader and the producer in one call."""

    id: UUID
    agent: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    refused: str
    """Why it was not begun; else empty."""
    steps: list[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    id: UUID
    producer: UUID
    producer_name: str
    producer_city: str
    state: State
    how: str
    pieces: int
    """Of the producer's capacity of `month`; given back when it comes to nothing."""
    month: date
    introduced_at: datetime
    introduced_by: str
    moved_at: datetime
    version: int
    events: list[ReferralEvent]
    follow_ups: list[FollowUp]
    calls: list[IntroductionCall]


@dataclass(frozen=True, slots=True)
class Referrals:
    """Every method raises NotAllowed and StoreAway; those that name one ReferralUnknown."""

    store: Store
    phone: PhoneSide
    clock: Callable[[], datetime]

    async def of_ticket(self, actor: Actor, number: str) -> list[Referral]:
        """In the order in which they were introduced; none for a ticket that is not there."""
        actor.need(Right.TICKETS_READ, Right.PRODUCERS_READ)
        async with self.store.connection() as connection:
            return await _of_ticket(connection, actor, number)

    async def introduce(
        self,
        actor: Actor,
        number: str,
        producer: UUID,
        pieces: int,
        *,
        how: How,
        why: str = "",
        id: UUID | None = None,  # noqa: A002
    ) -> Referral:
        """Promise pieces of the producer's month to the trader. With an `id` that was used already
        it is that one.

        A trader who is introduced by hand has agreed before; in a call they are asked. Raises
        TicketUnknown, ProducerUnknown, NotAgreed, NoCapacity, ReferredAlready.
        """
        actor.need(Right.TICKETS_CHANGE, Right.PRODUCERS_READ)
        made, now = id or uuid4(), self.clock()
        month = now.astimezone(WIB).date().replace(day=1)
        async with self.store.connection() as connection, connection.transaction():
            if await _number(connection, actor, made) is not None:
                return await _read(connection, actor, made)
            ticket = await _agreed(connection, actor, number, producer, how)
            if not await capacity.take(connection, producer, month, pieces):
                raise NoCapacity(f"{pieces} pieces are more than this producer has left in {month}")
            dues = [now + after for after in (STALLS, *ASKED_AFTER)]
            told = (made, ticket, producer, how, pieces, month, now, actor.login, why, dues)
            if await connection.fetchval(SQL["make_referral"], *told) is None:
                raise ReferredAlready("these two are being introduced already")
            await note_look(connection, actor, "referral.introduced", str(made))
            return await _read(connection, actor, made)

    async def move(
        self, actor: Actor, referral: UUID, version: int, became: State, why: str = ""
    ) -> Referral:
        """Say what became of it. What comes to nothing gives the producer its pieces back.

        Raises ReferralChanged, ReferralMoveForbidden.
        """
        actor.need(Right.TICKETS_CHANGE, Right.PRODUCERS_READ)
        now = self.clock()
        async with self.store.connection() as connection, connection.transaction():
            held = await _hold(connection, actor, referral)
            if held["version"] != version:
                raise ReferralChanged(f"{referral} was moved meanwhile: read it again")
            if became not in MOVES.get(held["state"], ()):
                raise ReferralMoveForbidden(f"{became} does not follow {held['state']}")
            told = (held["state"], became, actor.login, why, now, now + STALLS)
            await connection.execute(SQL["move_referral"], referral, version, *told)
            # In the order in which introducing locks: the producer, then its month.
            if became in ("deal", "no_deal"):
                await connection.execute(SQL["count_outcome"], held["producer"], became)
            if became in ("declined", "no_deal"):
                promised = (held["producer"], held["month"], held["pieces"])
                await capacity.give_back(connection, *promised)
            await note_look(connection, actor, f"referral.{became}", str(referral))
            return await _read(connection, actor, referral)

    async def answer(
        self, actor: Actor, referral: UUID, kind: FollowUpKind, answer: str
    ) -> Referral:
        """What was seen or told when somebody looked or asked; the last answer counts for nothing
        more than the first. Raises ReferralChanged where nothing is asked any more."""
        actor.need(Right.TICKETS_CHANGE, Right.PRODUCERS_READ)
        async with self.store.connection() as connection, connection.transaction():
            await _hold(connection, actor, referral)
            told = (referral, kind, answer, actor.login, self.clock())
            if await connection.fetchval(SQL["answer_follow_up"], *told) is None:
                raise ReferralChanged("this was answered already, or is asked no more")
            await note_look(connection, actor, "referral.answered", str(referral))
            return await _read(connection, actor, referral)

    async def call(self, actor: Actor, referral: UUID, id: UUID | None = None) -> Referral:  # noqa: A002
        """Ring one's own phone, then the trader, then the producer, in one call. Asked again with
        the same `id` nobody is called again.

        Raises NoPhone, ReferralMoveForbidden, NotAgreed, IntroductionLive, PhoneRefused,
        AgentUnknown, Unacceptable; after PhoneAway it is not known whether the phone rings.
        """
        actor.need(Right.TICKETS_CHANGE, Right.PRODUCERS_READ, Right.AGENTS_OWN)
        if actor.extension is None:
            raise NoPhone("your account has no extension: `saluran users` gives it one")
        made = id or uuid4()
        numbers = await self._asked(actor, referral, made)
        if numbers is not None:
            await self._rung(actor.extension, made, *numbers)
        async with self.store.connection() as connection:
            return await _read(connection, actor, referral)

    async def _asked(self, actor: Actor, referral: UUID, made: UUID) -> tuple[str, str] | None:
        """The numbers of both; None when this call was asked for before."""
        now = self.clock()
        async with self.store.connection() as connection, connection.transaction():
            held = await _hold(connection, actor, referral)
            if await connection.fetchval(SQL["introduction_known"], made):
                return None
            if held["state"] not in MOVES:
                raise ReferralMoveForbidden("this referral has ended")
            if held["anonymous"] or not held["trader"]:
                raise NotAgreed("the trader gave no number by which the producer may know them")
            if not held["contact_shared"] or not held["contact_phone"]:
                raise NotAgreed("the producer has not agreed to be introduced to traders")
            await connection.execute(SQL["forget_unheard_introductions"], now)
            numbers = (held["trader"], held["contact_phone"])
            told = (made, referral, actor.extension, actor.login, *numbers, now)
            if await connection.fetchval(SQL["ask_introduction"], *told) is None:
                raise IntroductionLive("one of them is in such a call or being called back now")
            await note_look(connection, actor, "referral.called", str(referral))
            return numbers

    async def _rung(self, extension: str, made: UUID, trader: str, producer: str) -> None:
        wish = {"introduction": str(made), "trader": trader, "producer": producer}
        try:
            await self.phone.ask(extension, "introduce", **wish)
        except (PhoneRefused, AgentUnknown, Unacceptable) as refused:
            async with self.store.connection() as connection:
                told = (made, self.clock(), str(refused))
                await connection.execute(SQL["refuse_introduction"], *told)
            raise


async def _agreed(
    connection: Connection, actor: Actor, number: str, producer: UUID, how: How
) -> UUID:
    """The ticket, of a trader and a producer who may get to know each other."""
    may = actor.may(Right.CONFIDENTIAL)
    ticket = await connection.fetchrow(SQL["ticket_for_referral"], may, number)
    if ticket is None or ticket["merged"]:
        raise TicketUnknown(f"there is no ticket {number} that could be worked on")
    found = await connection.fetchrow(SQL["producer_for_referral"], producer)
    if found is None:
        raise ProducerUnknown(f"there is no producer {producer}")
    if not found["contact_shared"] or not found["contact_phone"]:
        raise NotAgreed("the producer has not agreed to be introduced to traders")
    if ticket["anonymous"] or ticket["person"] is None:
        raise NotAgreed("nobody knows who the trader is: they asked to stay anonymous")
    agreed = how == "call" or await consents(connection, ticket["person"], Purpose.SHARE_PRODUCER)
    if not agreed:
        raise NotAgreed("the trader has not agreed that a producer gets to know them")
    which: UUID = ticket["id"]
    return which


async def _hold(connection: Connection, actor: Actor, referral: UUID) -> Any:
    held = await connection.fetchrow(SQL["hold_referral"], actor.may(Right.CONFIDENTIAL), referral)
    if held is None:
        raise ReferralUnknown(f"there is no referral {referral}")
    return held


async def _number(connection: Connection, actor: Actor, referral: UUID) -> str | None:
    may = actor.may(Right.CONFIDENTIAL)
    number: str | None = await connection.fetchval(SQL["referral_made"], may, referral)
    return number


async def _read(connection: Connection, actor: Actor, referral: UUID) -> Referral:
    number = await _number(connection, actor, referral)
    for one in await _of_ticket(connection, actor, number) if number else ():
        if one.id == referral:
            return one
    raise ReferralUnknown(f"there is no referral {referral}")


async def _of_ticket(connection: Connection, actor: Actor, number: str) -> list[Referral]:
    may = actor.may(Right.CONFIDENTIAL)
    rows = await connection.fetch(SQL["referrals_of_ticket"], may, number)
    ids = [row["id"] for row in rows]
    events = _by(await connection.fetch(SQL["referral_events"], ids), "referral")
    due = _by(await connection.fetch(SQL["referral_follow_ups"], ids), "referral")
    calls = _by(await connection.fetch(SQL["referral_calls"], ids), "referral")
    introductions = [call["id"] for some in calls.values() for call in some]
    steps = _by(await connection.fetch(SQL["introduction_steps"], introductions), "call")
    return [
        Referral(
            **row,
            events=[ReferralEvent(**event) for event in events.get(row["id"], ())],
            follow_ups=[FollowUp(**one) for one in due.get(row["id"], ())],
            calls=[
                IntroductionCall(**call, steps=[Step(**step) for step in steps.get(call["id"], ())])
                for call in calls.get(row["id"], ())
            ],
        )
        for row in rows
    ]


def _by(rows: list[Any], key: str) -> dict[UUID, list[dict[str, Any]]]:
    """By whose they are, in their order."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        values = dict(row)
        found.setdefault(values.pop(key), []).append(values)
    return found
