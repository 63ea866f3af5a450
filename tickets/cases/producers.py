"""The directory of producers: found, read, told of and changed; and those that fit a ticket."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from config.calendar import WIB
from config.goods import goods
from config.phones import masked
from config.regions import regions
from tickets.cases.tickets import TicketUnknown
from tickets.errors import Place, Refused, TicketError, Unacceptable
from tickets.producers import matching
from tickets.producers.given import Given, wrongs
from tickets.producers.matching import Match, Wish
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

Status = Literal["listed", "paused", "left"]


class ProducerUnknown(TicketError):
    """There is no such producer."""


class ProducerChanged(TicketError):
    """Somebody else changed it first; read it again."""


class ProducerExists(TicketError):
    """Another one has this business id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerFilter:
    """What is None does not narrow."""

    text: str | None = None
    product: str | None = None
    """In anybody's words: kinds of goods."""
    scheme: str | None = None
    city: str | None = None
    minimum_order: int | None = None
    """Pieces that a first order may have to have at most."""
    price: int | None = None
    """Rupiah a piece that the cheapest may cost at most."""
    capacity: int | None = None
    """Pieces that are left this month at least."""
    status: Status | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerLine:
    """A producer in a list."""

    id: UUID
    nib: str
    name: str
    brand: str
    city: str
    products: list[str]
    kinds: list[str]
    schemes: list[str]
    minimum_order: int
    packages: list[int]
    price_from: int
    price_to: int
    capacity: int
    capacity_left: int
    """Pieces that this month can still be promised."""
    verified_on: date | None
    status: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerEvent:
    """What happened to an entry, and who did it."""

    kind: str
    actor: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer(ProducerLine):
    """All that is known of one, and its history, newest first."""

    province: str | None
    kbli: list[str]
    kbli_version: int
    delivery_days: int | None
    returns: str
    contact_name: str
    contact_phone: str | None
    contact_shared: bool
    """Whether traders may be given name and number."""
    catalogue: str
    curated_by: str
    verified_source: str
    deals: int
    no_deals: int
    version: int
    history: list[ProducerEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What a ticket wishes, as it was understood, and who fits."""

    asked: bool
    """False for a ticket that asks for no producer; then nobody is looked for."""
    wish: Wish
    month: date
    found: list[Match]


@dataclass(frozen=True, slots=True)
class Producers:
    """Every method raises NotAllowed and StoreAway; those that name one ProducerUnknown; those with
    a version ProducerChanged."""

    store: Store
    clock: Callable[[], datetime]

    async def page(
        self,
        actor: Actor,
        wanted: ProducerFilter,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[ProducerLine]:
        """Newest first."""
        actor.need(Right.PRODUCERS_READ)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_producers"], *page_arguments(wanted, self.month(), after, limit)
            )
        return [ProducerLine(**row) for row in rows]

    async def read(self, actor: Actor, producer: UUID) -> Producer:
        actor.need(Right.PRODUCERS_READ)
        async with self.store.connection() as connection:
            return await self._read(connection, actor, producer)

    async def add(self, actor: Actor, given: Given, id: UUID | None = None) -> Producer:  # noqa: A002
        """With an `id` that was used already it is that one. Raises Refused, ProducerExists, and
        Unacceptable for a contact that is to be shared at once: first somebody asks."""
        actor.need(Right.PRODUCERS_CHANGE)
        _check(given)
        _not_shared(given)
        made = id or uuid4()
        async with self.store.connection() as connection:
            async with connection.transaction():
                added = await connection.fetchval(SQL["add_producer"], *_columns(given), made)
                if added is not None:
                    await _note(connection, actor, made, "added", "")
            try:
                return await self._read(connection, actor, made)
            except ProducerUnknown:
                raise ProducerExists(f"there is a producer {given.nib}") from None

    async def edit(self, actor: Actor, producer: UUID, version: int, given: Given) -> Producer:
        """What was verified has to be verified again. Raises Refused, ProducerExists."""
        actor.need(Right.PRODUCERS_CHANGE)
        _check(given)
        async with self.store.connection() as connection, connection.transaction():
            before = await self._read(connection, actor, producer)
            other = await connection.fetch(SQL["known_producers"], [given.nib])
            if other and given.nib != before.nib:
                raise ProducerExists(f"there is another producer {given.nib}")
            _changed(
                await connection.fetchval(
                    SQL["edit_producer"], *_columns(given), producer, version
                ),
                producer,
            )
            await _note(connection, actor, producer, "edited", "")
            after = await self._read(connection, actor, producer)
            if before.verified_on:
                await _note(connection, actor, producer, "unverified", "")
            if before.contact_shared and not after.contact_shared:
                await _note(connection, actor, producer, "unshared", "")
            return await self._read(connection, actor, producer)

    async def verify(
        self, actor: Actor, producer: UUID, version: int, on: date, source: str
    ) -> Producer:
        """It was seen, that day and there, that all of this is so."""
        actor.need(Right.PRODUCERS_CHANGE)
        if on > self.clock().astimezone(WIB).date():
            raise Unacceptable("this day has not come yet", "/on")
        given = (on, source)
        return await self._change(
            actor, producer, version, ("verify_producer", given), ("verified", f"{on}: {source}")
        )

    async def share(
        self, actor: Actor, producer: UUID, version: int, shared: bool, proof: str
    ) -> Producer:
        """Whether traders may be given the contact; `proof` says when and how the producer said
        so. Raises ProducerChanged also for one that has no number."""
        actor.need(Right.PRODUCERS_CHANGE)
        kind = "shared" if shared else "unshared"
        return await self._change(
            actor, producer, version, ("share_producer", (shared,)), (kind, proof)
        )

    async def set_status(
        self, actor: Actor, producer: UUID, version: int, status: Status, why: str
    ) -> Producer:
        actor.need(Right.PRODUCERS_CHANGE)
        note = f"{status}: {why}" if why else status
        return await self._change(
            actor, producer, version, ("set_producer_status", (status,)), ("status", note)
        )

    async def matches(self, actor: Actor, number: str) -> Matches:
        """Who fits what a ticket wishes, best first. Raises TicketUnknown."""
        actor.need(Right.TICKETS_READ, Right.PRODUCERS_READ)
        async with self.store.connection() as connection:
            may = actor.may(Right.CONFIDENTIAL)
            ticket = await connection.fetchrow(SQL["ticket_to_match"], number, may)
            if ticket is None:
                raise TicketUnknown(f"there is no ticket {number}")
            fields = json.loads(ticket["fields"])
            asked = matching.may_wish(ticket["category"], fields)
            wish, month = matching.wish_of(fields), self.month()
            found = await matching.matches(connection, wish, month) if asked else []
        return Matches(asked=asked, wish=wish, month=month, found=found)

    def month(self) -> date:
        """The first day of the month that it is in Jakarta."""
        return self.clock().astimezone(WIB).date().replace(day=1)

    async def _change(
        self,
        actor: Actor,
        producer: UUID,
        version: int,
        change: tuple[str, tuple[Any, ...]],
        noted: tuple[str, str],
    ) -> Producer:
        name, given = change
        async with self.store.connection() as connection, connection.transaction():
            await self._read(connection, actor, producer)
            _changed(await connection.fetchval(SQL[name], producer, version, *given), producer)
            await _note(connection, actor, producer, *noted)
            return await self._read(connection, actor, producer)

    async def _read(self, connection: Connection, actor: Actor, producer: UUID) -> Producer:
        row = await connection.fetchrow(SQL["read_producer"], producer, self.month())
        if row is None:
            raise ProducerUnknown(f"there is no producer {producer}")
        values = dict(row)
        if values["contact_phone"] and not actor.may(Right.PHONES):
            values["contact_phone"] = masked(values["contact_phone"])
        events = await connection.fetch(SQL["producer_events"], producer)
        return Producer(**values, history=[ProducerEvent(**event) for event in events])


def page_arguments(
    wanted: ProducerFilter, month: date, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[Any, ...]:
    """What the statement `page_producers` takes. Words that name kinds of goods are looked for
    among those, others in what was written."""
    kinds = goods().meant(wanted.product) if wanted.product else []
    words = " ".join(
        word for word in (wanted.text, None if kinds else wanted.product) if word is not None
    )
    city = regions().city(wanted.city) if wanted.city else None
    return (
        words or None,
        kinds or None,
        wanted.scheme,
        city.name if city else wanted.city,
        wanted.minimum_order,
        wanted.price,
        wanted.capacity,
        month,
        wanted.status,
        wanted.verified,
        *(after or (None, None)),
        limit,
    )


def row_of(given: Given) -> dict[str, Any]:
    """A producer as its row has it: its city as everybody writes it, with its province, and its
    products with the kinds that they are."""
    city = regions().city(given.city)
    return {
        "nib": given.nib,
        "name": given.name,
        "brand": given.brand,
        "city": city.name if city else given.city,
        "province": city.province.code if city else None,
        "kbli": list(given.kbli),
        "kbli_version": given.kbli_version,
        "products": list(given.products),
        "kinds": goods().meant("; ".join(given.products)),
        "schemes": list(given.schemes),
        "minimum_order": given.minimum_order,
        "packages": sorted(given.packages),
        "price_from": given.price_from,
        "price_to": given.price_to,
        "capacity": given.capacity,
        "delivery_days": given.delivery_days,
        "returns": given.returns,
        "contact_name": given.contact_name,
        "contact_phone": given.contact_phone,
        "contact_shared": given.contact_shared,
        "catalogue": given.catalogue,
        "curated_by": given.curated_by,
    }


def _columns(given: Given) -> tuple[Any, ...]:
    return tuple(row_of(given).values())


def _check(given: Given) -> None:
    if found := wrongs(given):
        raise Refused(*(Place(f"/{one.field}", one.code) for one in found))


def _not_shared(given: Given) -> None:
    if given.contact_shared:
        raise Unacceptable("first add it, then note when and how they agreed", "/contact_shared")


def _changed(found: object, producer: UUID) -> None:
    if found is None:
        raise ProducerChanged(f"{producer} was changed meanwhile: read it again")


async def _note(connection: Connection, actor: Actor, producer: UUID, kind: str, note: str) -> None:
    await connection.execute(SQL["note_producer"], producer, kind, actor.login, note)
