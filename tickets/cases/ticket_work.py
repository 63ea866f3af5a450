"""Working on tickets: open, edit, move, assign, comment, tag, merge, split.

Each change names the version that its author saw; a ticket that has changed since is not touched.
What was before stays readable in the thread.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from config.phones import normalise
from tickets import lifecycle
from tickets.cases.tickets import Ticket, TicketUnknown, read_ticket
from tickets.deadlines import Deadlines
from tickets.errors import MoveForbidden, TicketError, TicketMoved, Unacceptable
from tickets.numbering import take_number
from tickets.queries import SQL
from tickets.rights import RIGHTS, Actor, Right, Role
from tickets.store import Connection, Store

MOST_TAGS = 20


class TicketMerged(TicketError):
    """Its story goes on in another ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket that is opened by hand."""

    category: str
    channel: str = "desk"
    phone: str | None = None
    name: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    anonymous: bool = False
    language: str = "id"
    owner: str | None = None
    comment: str = ""
    call: UUID | None = None
    """In which it was asked for, if that is written already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEdit:
    """What is None stays as it is."""

    category: str | None = None
    fields: Mapping[str, Any] | None = None
    """Those to change, by name; None as a value takes the field away."""
    anonymous: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of one of several; `why` is None where it was moved."""

    number: str
    why: TicketError | None


@dataclass(slots=True)
class _Held:
    """A ticket that nobody else changes until the transaction ends."""

    connection: Connection
    actor: Actor
    row: Mapping[str, Any]
    now: dict[str, Any]
    clock: Callable[[], datetime]

    @property
    def id(self) -> UUID:
        ticket: UUID = self.row["id"]
        return ticket

    async def note(
        self, kind: str, was: str | None = None, became: str | None = None, note: str = ""
    ) -> None:
        given = (self.id, kind, was, became, self.actor.login, note, self.clock())
        await self.connection.execute(SQL["add_event"], *given)


@dataclass(frozen=True, slots=True)
class TicketWork:
    """Every method raises NotAllowed, StoreAway, and TicketUnknown for a ticket that the actor may
    not see; those with a version raise TicketMoved for another one, and TicketMerged."""

    store: Store
    deadlines: Deadlines
    clock: Callable[[], datetime]

    async def open(self, actor: Actor, new: NewTicket, id: UUID | None = None) -> Ticket:  # noqa: A002
        """With an `id` that was used already it is that ticket, whatever `new` says.

        Raises Unacceptable for a phone that is none, Unacceptable.
        """
        actor.need(Right.TICKETS_CHANGE)
        self._need_category(actor, new.category)
        async with self._transaction() as connection:
            await self._may_own(connection, actor, new.owner)
            number = await self._open(connection, actor, new, id or uuid4(), None)
            return await read_ticket(connection, actor, number)

    async def edit(self, actor: Actor, number: str, version: int, edit: TicketEdit) -> Ticket:
        """Category and fields; a new category brings its deadline."""
        actor.need(Right.TICKETS_CHANGE)
        async with self._held(actor, number, version) as held:
            if edit.category is not None and edit.category != held.row["category"]:
                self._need_category(actor, edit.category)
                held.now["category"] = edit.category
                held.now["deadline"] = self.deadlines.deadline(held.row["opened_at"], edit.category)
                # Once confidential it stays so: the caller was told.
                if edit.category in lifecycle.CONFIDENTIAL:
                    held.now["confidential"] = True
                await held.note("edited", held.row["category"], edit.category)
            if edit.fields is not None:
                await self._edit_fields(held, edit.fields)
            if edit.anonymous is not None and edit.anonymous != held.row["anonymous"]:
                held.now["anonymous"] = edit.anonymous
                await held.note("edited", None, "anonymous" if edit.anonymous else "named")
        return await self._read(actor, number)

    async def move(self, actor: Actor, number: str, version: int, became: str) -> Ticket:
        """Through the life cycle. Raises MoveForbidden."""
        actor.need(Right.TICKETS_CHANGE)
        async with self._held(actor, number, version) as held:
            lifecycle.allow(held.row["status"], became)
            held.now["status"] = became
            await held.note("moved", held.row["status"], became)
        return await self._read(actor, number)

    async def move_several(
        self, actor: Actor, chosen: Sequence[tuple[str, int]], became: str
    ) -> list[Moved]:
        """Each by its number and the version that was seen; those that cannot be moved stay, and
        hold up none of the others. Raises NotAllowed and StoreAway alone."""
        actor.need(Right.TICKETS_CHANGE)
        found = []
        for number, version in chosen:
            why: TicketError | None = None
            try:
                await self.move(actor, number, version, became)
            except (TicketUnknown, TicketMoved, TicketMerged, MoveForbidden) as error:
                why = error
            found.append(Moved(number=number, why=why))
        return found

    async def assign(self, actor: Actor, number: str, version: int, owner: str | None) -> Ticket:
        """To somebody or to nobody. Raises Unacceptable."""
        actor.need(Right.TICKETS_CHANGE)
        async with self._held(actor, number, version) as held:
            if held.row["owner"] not in (None, actor.login):
                actor.need(Right.TICKETS_ASSIGN)
            await self._may_own(held.connection, actor, owner)
            held.now["owner"] = owner
            await held.note("assigned", held.row["owner"], owner)
        return await self._read(actor, number)

    async def tag(self, actor: Actor, number: str, version: int, tags: frozenset[str]) -> Ticket:
        """With these and no others. Unacceptable for too many."""
        actor.need(Right.TICKETS_CHANGE)
        if len(tags) > MOST_TAGS:
            raise Unacceptable(f"a ticket has at most {MOST_TAGS} tags", "/tags")
        async with self._held(actor, number, version) as held:
            held.now["tags"] = sorted(tags)
            await held.note("tagged", " ".join(held.row["tags"]), " ".join(sorted(tags)))
        return await self._read(actor, number)

    async def comment(
        self,
        actor: Actor,
        number: str,
        text: str,
        id: UUID | None = None,  # noqa: A002
    ) -> Ticket:
        """Added to the thread, whatever else has changed; once for an `id`."""
        actor.need(Right.TICKETS_CHANGE)
        async with self._transaction() as connection:
            row = await _hold(connection, actor, number)
            await connection.execute(
                SQL["comment"], id or uuid4(), row["id"], actor.login, text, self.clock()
            )
        return await self._read(actor, number)

    async def merge(self, actor: Actor, number: str, version: int, into: str) -> Ticket:
        """The other ticket, whose thread has this one's story from now on.

        Raises Unacceptable for itself.
        """
        actor.need(Right.TICKETS_MERGE)
        if number == into:
            raise Unacceptable("a ticket is not merged into itself", "/into")
        async with self._transaction() as connection:
            # Both are held in one order, so that two who merge crosswise do not wait for ever.
            rows = {one: await _hold(connection, actor, one) for one in sorted({number, into})}
            held = self._at_version(connection, actor, rows[number], version)
            target = rows[into]
            _refuse_merged(target)
            if held.row["confidential"] and not target["confidential"]:
                await self._write(connection, target["id"], dict(target) | {"confidential": True})
            held.now["merged_into"] = target["id"]
            await held.note("merged", None, None, into)
            await self._note(connection, target["id"], actor, "merged", None, None, number)
            await self._write(connection, held.id, held.now)
            # What was merged into it before goes along: every story has one place.
            await connection.execute(SQL["merge_along"], held.id, target["id"])
            return await read_ticket(connection, actor, into)

    async def unmerge(self, actor: Actor, number: str, version: int) -> Ticket:
        """A ticket of its own again. Raises Unacceptable for one that is."""
        actor.need(Right.TICKETS_MERGE)
        async with self._held(actor, number, version, merged=True) as held:
            target = held.row["merged_into"]
            if target is None:
                raise Unacceptable(f"ticket {number} is not merged")
            into = await held.connection.fetchval(SQL["number_of_ticket"], target)
            held.now["merged_into"] = None
            await held.note("unmerged", None, None, into)
            await self._note(held.connection, target, actor, "unmerged", None, None, number)
        return await self._read(actor, number)

    async def split(
        self,
        actor: Actor,
        number: str,
        version: int,
        new: NewTicket,
        id: UUID | None = None,  # noqa: A002
    ) -> Ticket:
        """A second ticket of the same person and call, for what is a matter of its own."""
        actor.need(Right.TICKETS_MERGE)
        self._need_category(actor, new.category)
        async with self._held(actor, number, version) as held:
            part = await self._open(held.connection, actor, new, id or uuid4(), held.row)
            await held.note("split", None, None, part)
        return await self._read(actor, part)

    async def _note(
        self,
        connection: Connection,
        ticket: UUID,
        actor: Actor,
        kind: str,
        was: str | None,
        became: str | None,
        note: str,
    ) -> None:
        given = (ticket, kind, was, became, actor.login, note, self.clock())
        await connection.execute(SQL["add_event"], *given)

    async def _open(
        self,
        connection: Connection,
        actor: Actor,
        new: NewTicket,
        id: UUID,  # noqa: A002
        whole: Mapping[str, Any] | None,
    ) -> str:
        """Insert it; its number, or that of the ticket that has this id already."""
        if known := await connection.fetchval(SQL["number_of_ticket"], id):
            return str(known)
        at = self.clock()
        phone, person = await self._who(connection, new, whole, at)
        number = await take_number(connection, at.year)
        confidential = new.category in lifecycle.CONFIDENTIAL or bool(
            whole and whole["confidential"]
        )
        told = new.name if new.name and not new.anonymous else ""
        await connection.execute(
            SQL["open_at_desk"],
            id,
            number,
            new.category,
            new.channel,
            phone,
            person,
            json.dumps(dict(new.fields)),
            confidential,
            new.anonymous or bool(whole and whole["anonymous"]),
            new.language,
            at,
            self.deadlines.first_response_due(at),
            self.deadlines.deadline(at, new.category),
            new.owner,
            whole["call"] if whole else new.call,
            whole and whole["id"],
            actor.login,
            told,
        )
        if whole:
            await self._note(connection, id, actor, "split", None, None, whole["number"])
        if new.comment:
            await connection.execute(
                SQL["comment"], uuid4(), id, actor.login, new.comment, self.clock()
            )
        return number

    async def _who(
        self, connection: Connection, new: NewTicket, whole: Mapping[str, Any] | None, at: datetime
    ) -> tuple[str | None, UUID | None]:
        if whole:
            return whole["phone"], whole["person"]
        if new.phone is None:
            return None, None
        phone = normalise(new.phone)
        if phone is None:
            raise Unacceptable("this is no number that can be called back", "/phone")
        await connection.execute(SQL["meet_phones"], [phone], at)
        # Two people may be merged at this moment.
        await connection.execute(SQL["hold_phones"], [phone])
        person = await connection.fetchval(SQL["person_of_phone"], phone)
        if new.name and not new.anonymous:
            await connection.execute(SQL["name_unnamed"], person, new.name)
        return phone, person

    async def _edit_fields(self, held: _Held, changes: Mapping[str, Any]) -> None:
        before = json.loads(held.row["fields"])
        after = {
            name: value for name, value in (before | dict(changes)).items() if value is not None
        }
        if after == before:
            return
        held.now["fields"] = json.dumps(after)
        changed = sorted(
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        )
        was = {name: before[name] for name in changed if name in before}
        became = {name: after[name] for name in changed if name in after}
        await held.note("edited", _json(was), _json(became), "fields")

    @asynccontextmanager
    async def _held(
        self, actor: Actor, number: str, version: int, merged: bool = False
    ) -> AsyncIterator[_Held]:
        """Hold it, let the change be made in `now`, and write that."""
        async with self._transaction() as connection:
            row = await _hold(connection, actor, number)
            held = self._at_version(connection, actor, row, version, merged)
            yield held
            if held.now != dict(row):
                await self._write(connection, held.id, held.now)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        async with self.store.connection() as connection, connection.transaction():
            yield connection

    def _at_version(
        self,
        connection: Connection,
        actor: Actor,
        row: Mapping[str, Any],
        version: int,
        merged: bool = False,
    ) -> _Held:
        if row["version"] != version:
            raise TicketMoved(f"ticket {row['number']} has changed meanwhile: read it again")
        if not merged:
            _refuse_merged(row)
        return _Held(connection, actor, row, dict(row), self.clock)

    async def _write(self, connection: Connection, ticket: UUID, now: Mapping[str, Any]) -> None:
        await connection.execute(
            SQL["change_ticket"],
            ticket,
            now["category"],
            now["status"],
            now["fields"],
            now["confidential"],
            now["anonymous"],
            now["owner"],
            now["tags"],
            now["merged_into"],
            now["deadline"],
        )

    async def _read(self, actor: Actor, number: str) -> Ticket:
        async with self.store.connection() as connection:
            return await read_ticket(connection, actor, number)

    async def _may_own(self, connection: Connection, actor: Actor, owner: str | None) -> None:
        if owner in (None, actor.login):
            return
        actor.need(Right.TICKETS_ASSIGN)
        role = await connection.fetchval(SQL["role_of"], owner)
        if role is None or Right.TICKETS_CHANGE not in RIGHTS[Role(role)]:
            raise Unacceptable(f"nobody who works here has the login {owner}", "/owner")

    def _need_category(self, actor: Actor, category: str) -> None:
        if category not in lifecycle.CATEGORIES:
            raise Unacceptable(f"there is no category {category}", "/category")
        if category in lifecycle.CONFIDENTIAL:
            actor.need(Right.CONFIDENTIAL)


async def hold_ticket(connection: Connection, actor: Actor, number: str) -> Mapping[str, Any]:
    """Nobody else changes it until the transaction ends. Raises TicketUnknown, TicketMerged."""
    row = await _hold(connection, actor, number)
    _refuse_merged(row)
    return row


async def _hold(connection: Connection, actor: Actor, number: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = await connection.fetchrow(
        SQL["hold_ticket"], actor.may(Right.CONFIDENTIAL), number
    )
    if row is None:
        raise TicketUnknown(f"there is no ticket {number}")
    return row


def _refuse_merged(row: Mapping[str, Any]) -> None:
    if row["merged_into"] is not None:
        raise TicketMerged(f"ticket {row['number']} goes on in another one: read it for which")


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
