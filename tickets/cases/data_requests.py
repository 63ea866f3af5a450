"""What people ask of their data, each with its deadline, and how it is answered.

Access, correction, withdrawal, restriction and erasure: Law 27/2022 on personal data, articles 30,
32, 40, 41 and 43 to 45. Whoever speaks with the person takes it down; who has the right decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tickets.cases.people import read_person
from tickets.consents import Consent, Purpose, record
from tickets.errors import TicketError, Unacceptable
from tickets.files import FileStore
from tickets.looks import note_look
from tickets.privacy.erasing import erase, scope
from tickets.privacy.files import destroy_files
from tickets.privacy.leftovers import Leftovers, NoLeftovers
from tickets.privacy.whole import erase_person
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

LEGAL = timedelta(hours=72)
"""Three times 24 hours from the moment that the request was received."""
DECIDES = (
    Right.PRIVACY,
    Right.PEOPLE_READ,
    Right.CONFIDENTIAL,
    Right.ANONYMOUS,
    Right.PHONES,
    Right.FILES,
)
"""Who decides sees all that there is."""


class RequestKind(StrEnum):
    ACCESS = "access"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    RESTRICT = "restrict"
    UNRESTRICT = "unrestrict"
    ERASE = "erase"


class RequestUnknown(TicketError):
    """No request has this id."""


class RequestSettled(TicketError):
    """Somebody answered it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """As it was taken down."""

    kind: RequestKind
    channel: str
    proof: str
    """How the officer made sure that it is they who ask."""
    said: str = ""
    asked_at: datetime | None = None
    """When it was received, if that was earlier than now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    id: UUID
    person: UUID
    kind: str
    channel: str
    asked_at: datetime
    due_at: datetime
    said: str
    proof: str
    taken_by: str
    state: str
    settled_at: datetime | None
    settled_by: str | None
    outcome: str
    name: str | None
    known: bool
    """False once they are erased."""
    phones: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """On the page of the person."""

    id: UUID
    kind: str
    asked_at: datetime
    due_at: datetime
    state: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DataRequests:
    """Every method raises NotAllowed and StoreAway; those with a request RequestUnknown, and those
    that answer it RequestSettled."""

    store: Store
    clock: Callable[[], datetime]
    files: FileStore
    leftovers: Leftovers = field(default_factory=NoLeftovers)

    async def page(
        self, actor: Actor, after: tuple[datetime, UUID] | None, limit: int, settled: bool = False
    ) -> list[DataRequest]:
        """The open ones, who is due first; or the settled ones, the last first."""
        actor.need(*DECIDES)
        name = "page_settled_data_requests" if settled else "page_open_data_requests"
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL[name], *(after or (None, None)), limit)
        return [DataRequest(**row) for row in rows]

    async def read(self, actor: Actor, request: UUID) -> DataRequest:
        actor.need(*DECIDES)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["data_request"], request)
        if row is None:
            raise RequestUnknown(f"there is no request {request}")
        return DataRequest(**row)

    async def of_person(self, actor: Actor, person: UUID) -> list[RequestLine]:
        """The newest twenty. Raises PersonUnknown."""
        actor.need(Right.PEOPLE_CHANGE)
        async with self.store.connection() as connection:
            await read_person(connection, actor, person)
            rows = await connection.fetch(SQL["data_requests_of"], person)
        return [RequestLine(**row) for row in rows]

    async def take(
        self,
        actor: Actor,
        person: UUID,
        new: NewRequest,
        id: UUID | None = None,  # noqa: A002
    ) -> UUID:
        """Its id; once for an `id`. Raises PersonUnknown, and Unacceptable for a time to come."""
        actor.need(Right.PEOPLE_CHANGE)
        now = self.clock()
        asked_at = new.asked_at or now
        if asked_at > now:
            raise Unacceptable("it cannot have been asked in the future", "/asked_at")
        request = id or uuid4()
        async with self.store.connection() as connection, connection.transaction():
            await read_person(connection, actor, person)
            await connection.execute(
                SQL["take_data_request"],
                request,
                person,
                new.kind,
                new.channel,
                asked_at,
                asked_at + LEGAL,
                new.said,
                new.proof,
                actor.login,
            )
            await note_look(connection, actor, "request.taken", str(request))
        return request

    async def open_reports(self, actor: Actor, person: UUID) -> list[str]:
        """Numbers of their tickets that are still worked on: no erasure without a word on them."""
        actor.need(*DECIDES)
        async with self.store.connection() as connection:
            within = await scope(connection, "person", [person])
            given = (within.keys.get("ticket", ()), within.keys.get("callback", ()))
            rows = await connection.fetch(SQL["open_reports"], *map(list, given))
        return [row["number"] for row in rows]

    async def refuse(self, actor: Actor, request: UUID, why: str) -> None:
        """With the reason that the person is told."""
        actor.need(*DECIDES)
        async with self.store.connection() as connection, connection.transaction():
            await self._settle(connection, actor, request, "refused", why)

    async def answer(
        self, actor: Actor, request: UUID, said: str, purposes: Sequence[Purpose] = ()
    ) -> None:
        """Do what was asked, but for an erasure: a correction and the handing over of a copy were
        done before. Raises Unacceptable for a withdrawal of nothing."""
        actor.need(*DECIDES)
        async with self.store.connection() as connection, connection.transaction():
            person, kind = await self._hold(connection, request)
            match kind:
                case RequestKind.ERASE:
                    raise Unacceptable("an erasure is carried out as one", "/kind")
                case RequestKind.RESTRICT | RequestKind.UNRESTRICT:
                    since = self.clock() if kind == RequestKind.RESTRICT else None
                    await connection.execute(SQL["restrict_person"], person, since)
                case RequestKind.WITHDRAW:
                    if not purposes:
                        raise Unacceptable("say what they withdraw", "/purposes")
                    await self._withdraw(connection, actor, request, person, purposes)
                case _:
                    pass
            await self._settle(connection, actor, request, "done", said)
        await destroy_files(self.store, self.files)

    async def erase(self, actor: Actor, request: UUID, withdrawn: bool = False) -> dict[str, int]:
        """Erase the person; how many rows changed, by table.

        `withdrawn`: they take back their open reports too. Raises ReportsOpen without that,
        InTouch while somebody talks with them, NotWrittenYet while a call of theirs is in files.
        """
        actor.need(*DECIDES)
        async with self.store.connection() as connection, connection.transaction():
            person, kind = await self._hold(connection, request)
            if kind != RequestKind.ERASE:
                raise Unacceptable("they did not ask for an erasure", "/kind")
            rows = await erase_person(
                connection, person, self.leftovers, actor.login, self.clock(), withdrawn
            )
            await self._settle(connection, actor, request, "done", "")
            await note_look(connection, actor, "person.erased", str(person))
        await destroy_files(self.store, self.files)
        return rows

    async def _withdraw(
        self,
        connection: Connection,
        actor: Actor,
        request: UUID,
        person: UUID,
        purposes: Sequence[Purpose],
    ) -> None:
        for purpose in purposes:
            await record(
                connection,
                Consent(
                    person=person,
                    purpose=purpose,
                    granted=False,
                    at=self.clock(),
                    channel="desk",
                    proof=f"request {request}",
                    by=actor.login,
                ),
            )
        if Purpose.RECORD in purposes:
            # What rested on the consent goes with it.
            within = await scope(connection, "person", [person])
            given = (within.keys.get("queue_entry", ()), within.keys.get("call", ()))
            talks = await connection.fetch(SQL["talks_of"], *map(list, given))
            keys = [row["id"] for row in talks]
            await erase(connection, await scope(connection, "recording", keys))

    async def _hold(self, connection: Connection, request: UUID) -> tuple[UUID, RequestKind]:
        row: Any = await connection.fetchrow(SQL["hold_data_request"], request)
        if row is None:
            await self._known(connection, request)
        return row["person"], RequestKind(row["kind"])

    async def _known(self, connection: Connection, request: UUID) -> None:
        if await connection.fetchrow(SQL["data_request"], request) is None:
            raise RequestUnknown(f"there is no request {request}")
        raise RequestSettled("it was answered already")

    async def _settle(
        self, connection: Connection, actor: Actor, request: UUID, state: str, said: str
    ) -> None:
        given = (request, state, self.clock(), actor.login, said)
        if await connection.fetchval(SQL["settle_data_request"], *given) is None:
            await self._known(connection, request)
        await note_look(connection, actor, f"request.{state}", str(request))
