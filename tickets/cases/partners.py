"""Institutions that tickets are handed over to, and what each may be told of which category."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import asyncpg

from tickets import lifecycle
from tickets.errors import TicketError, Unacceptable
from tickets.handover_rules import BY_LAW, Share, names_of
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store
from tickets.webhook_wire import Secrets, leads_to

PartnerKind = Literal["industry", "market", "bank", "customs", "enforcement", "other"]
ENFORCING = frozenset({"customs", "enforcement"})


class PartnerUnknown(TicketError):
    """There is no such institution."""


class PartnerChanged(TicketError):
    """Somebody else changed it first; read it again."""


class PartnerExists(TicketError):
    """Another one has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerData:
    """What an institution is told to be."""

    name: str
    kind: PartnerKind
    contact: str = ""
    """Whom to ask for there."""
    answer_days: int = 5
    """Working days until its first answer."""
    url: str | None = None
    """Where tickets are sent, signed; without one they are taken out as a file."""
    open: bool = True
    """Whether anything more is handed over to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An institution."""

    id: UUID
    name: str
    kind: PartnerKind
    enforces: bool
    """It may act against people: their own stock is never told to it."""
    contact: str
    answer_days: int
    url: str | None
    closed_at: datetime | None
    version: int
    failing_since: datetime | None
    """Since when it takes nothing that is sent."""
    shares: Sequence[Share]
    open: int
    """So many hand-overs of it are not over."""


@dataclass(frozen=True, slots=True)
class Partners:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    secrets: Secrets
    origins: frozenset[str]
    """Sites that may be told anything at all."""
    clock: Callable[[], datetime]

    async def all(self, actor: Actor) -> list[Partner]:
        """By name, the closed ones last."""
        actor.need(Right.TICKETS_READ)
        async with self.store.connection() as connection:
            return [_partner(row) for row in await connection.fetch(SQL["partners"], None)]

    async def read(self, actor: Actor, partner: UUID) -> Partner:
        """Raises PartnerUnknown."""
        actor.need(Right.TICKETS_READ)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["partners"], partner)
        if row is None:
            raise _unknown(partner)
        return _partner(row)

    async def add(self, actor: Actor, new: PartnerData, id: UUID | None = None) -> Partner:  # noqa: A002
        """Nothing may leave for it yet. Raises PartnerExists, Unacceptable."""
        actor.need(Right.PARTNERS_CHANGE)
        self._check(new)
        partner, (_, kept) = id or uuid4(), self.secrets.new()
        given = (partner, new.name, new.kind, new.contact, new.answer_days, new.url, kept)
        async with self._writing() as connection:
            await connection.execute(SQL["add_partner"], *given, actor.login, self.clock())
            await note_look(connection, actor, "partner.added", new.name)
        return await self.read(actor, partner)

    async def change(self, actor: Actor, partner: UUID, version: int, data: PartnerData) -> Partner:
        """Raises PartnerUnknown, PartnerChanged, PartnerExists, Unacceptable."""
        actor.need(Right.PARTNERS_CHANGE)
        self._check(data)
        async with self._writing() as connection:
            row = await _held(connection, partner, version)
            closed = None if data.open else (row["closed_at"] or self.clock())
            given = (data.name, data.kind, data.contact, data.answer_days, data.url, closed)
            await connection.execute(SQL["change_partner"], partner, *given)
            await note_look(connection, actor, "partner.changed", data.name)
        return await self.read(actor, partner)

    async def share(
        self, actor: Actor, partner: UUID, version: int, shares: Sequence[Share]
    ) -> Partner:
        """It may be told these and nothing else. Raises PartnerUnknown, PartnerChanged,
        Unacceptable."""
        actor.need(Right.PARTNERS_CHANGE)
        async with self._writing() as connection:
            row = await _held(connection, partner, version)
            check_shares(shares, row["kind"] in ENFORCING)
            await connection.execute(SQL["drop_partner_shares"], partner)
            for one in shares:
                fields = [name for name in names_of(one.category) if name in one.fields]
                given = (partner, one.category, fields, one.law)
                await connection.execute(SQL["add_partner_share"], *given)
            await connection.execute(SQL["touch_partner"], partner)
            await note_look(connection, actor, "partner.shares_set", row["name"])
        return await self.read(actor, partner)

    async def new_secret(self, actor: Actor, partner: UUID) -> str:
        """Told this once; the one before holds no more. Raises PartnerUnknown."""
        actor.need(Right.PARTNERS_CHANGE)
        secret, kept = self.secrets.new()
        async with self._writing() as connection:
            row = await connection.fetchrow(SQL["hold_partner"], partner)
            if row is None:
                raise _unknown(partner)
            await connection.execute(SQL["set_partner_secret"], partner, kept)
            await note_look(connection, actor, "partner.secret_made", row["name"])
        return secret

    def _check(self, data: PartnerData) -> None:
        if data.url is not None and not leads_to(data.url, self.origins):
            sites = ", ".join(sorted(self.origins)) or "none yet"
            raise Unacceptable(f"it leads to no site of `webhooks.origins` ({sites})", "/url")

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Connection]:
        try:
            async with self.store.connection() as connection, connection.transaction():
                yield connection
        except asyncpg.UniqueViolationError:
            raise PartnerExists("another institution has this name") from None
        except asyncpg.CheckViolationError as error:
            if error.constraint_name != "stock_stays":
                raise
            raise Unacceptable("STOK is never told to who enforces", "/kind") from None


def check_shares(shares: Sequence[Share], enforces: bool) -> None:
    """Raises Unacceptable, naming the place."""
    seen: set[str] = set()
    for place, one in enumerate(shares):
        at = f"/shares/{place}"
        if one.category not in lifecycle.CATEGORIES or one.category in seen:
            raise Unacceptable(f"there is no category {one.category}, or twice", f"{at}/category")
        seen.add(one.category)
        if unknown := set(one.fields) - set(names_of(one.category)):
            raise Unacceptable(f"{one.category} has no field {min(unknown)}", f"{at}/fields")
        if one.category == "STOK" and enforces:
            raise Unacceptable("STOK is never told to who enforces", f"{at}/category")
        if one.law and one.category not in BY_LAW:
            raise Unacceptable(f"{one.category} leaves by consent alone", f"{at}/law")


async def _held(connection: Connection, partner: UUID, version: int) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = await connection.fetchrow(SQL["hold_partner"], partner)
    if row is None:
        raise _unknown(partner)
    if row["version"] != version:
        raise PartnerChanged("this institution has changed meanwhile: read it again")
    return row


def _partner(row: Mapping[str, Any]) -> Partner:
    shares = [
        Share(category=one["category"], fields=tuple(one["fields"]), law=one["law"])
        for one in json.loads(row["shares"])
    ]
    return Partner(**dict(row) | {"shares": shares})


def _unknown(partner: UUID) -> PartnerUnknown:
    return PartnerUnknown(f"there is no institution {partner}")
