"""The ledger of consents: who agreed to what, how that is proven, and what holds now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets.cases.people import read_person
from tickets.consents import Consent, Purpose, record
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The last word of a person's on one purpose."""

    purpose: str
    granted: bool
    at: datetime
    channel: str
    proof: str
    by_whom: str
    call: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine(Word):
    """One word, as it stands in the ledger; of the erased nobody's."""

    id: UUID
    person: UUID | None
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """What is None does not narrow."""

    purpose: str | None = None
    granted: bool | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentBook:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    clock: Callable[[], datetime]

    async def page(
        self,
        actor: Actor,
        wanted: LedgerFilter,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[LedgerLine]:
        """The newest first."""
        actor.need(Right.PRIVACY, Right.CONFIDENTIAL, Right.ANONYMOUS, Right.PHONES)
        given = (wanted.purpose, wanted.granted, wanted.channel)
        async with self.store.connection() as connection:
            rows = await connection.fetch(
                SQL["page_consents"], *given, *(after or (None, None)), limit
            )
        return [LedgerLine(**row) for row in rows]

    async def standing(self, actor: Actor, person: UUID) -> list[Word]:
        """What holds of each purpose that they ever spoke of. Raises PersonUnknown."""
        actor.need(Right.PEOPLE_READ)
        async with self.store.connection() as connection:
            await read_person(connection, actor, person)
            rows = await connection.fetch(SQL["standing_consents"], person)
        return [Word(**row) for row in rows]

    async def write(
        self, actor: Actor, person: UUID, purpose: Purpose, granted: bool, proof: str
    ) -> None:
        """What they said to an officer; `proof` is what was noted of it. Raises PersonUnknown."""
        actor.need(Right.PEOPLE_CHANGE)
        said = Consent(
            person=person,
            purpose=purpose,
            granted=granted,
            at=self.clock(),
            channel="desk",
            proof=proof,
            by=actor.login,
        )
        async with self.store.connection() as connection, connection.transaction():
            await read_person(connection, actor, person)
            await record(connection, said)
            await note_look(connection, actor, "consent.written", str(person))
