"""Who is calling: all that an agent wants to see while the phone rings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets.cases.callbacks import CallbackRow, Callbacks, CallbackUnknown
from tickets.cases.calls import Calls, CallUnknown
from tickets.cases.people import People, Person, PersonUnknown
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.shown import CallStory
from tickets.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What they said, to be heard."""

    id: UUID
    number: str
    """Of the ticket."""
    kind: str
    seconds: float
    silent: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """Of a call, or of somebody who is to be called back; what is None is not known yet."""

    call: CallStory | None
    callback: CallbackRow | None
    person: Person | None
    """With their tickets."""
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class ScreenPop:
    store: Store
    calls: Calls
    callbacks: Callbacks
    people: People
    clock: Callable[[], datetime]

    async def of(self, actor: Actor, call: UUID | None, callback: UUID | None) -> Pop:
        """Raises NotAllowed, StoreAway. A call that is not written yet is not known yet."""
        actor.need(Right.CALLS_READ, Right.CALLBACKS_READ, Right.PEOPLE_READ, Right.TICKETS_READ)
        promise = await self._promise(actor, callback) if callback else None
        asked = await self._row("person_of_callback", actor, callback) if promise else None
        call = call or (asked and asked["call"])
        story = await self._story(actor, call) if call else None
        row = asked or (await self._call_row(call) if story else None)
        person = await self._person(actor, row["person"]) if row and row["person"] else None
        return Pop(
            call=story,
            callback=promise,
            person=person,
            messages=await self._messages(actor, person, story),
        )

    async def _promise(self, actor: Actor, callback: UUID) -> CallbackRow | None:
        try:
            return await self.callbacks.read(actor, callback)
        except CallbackUnknown:
            return None

    async def _story(self, actor: Actor, call: UUID) -> CallStory | None:
        try:
            return await self.calls.read(actor, call)
        except CallUnknown:
            return None

    async def _person(self, actor: Actor, person: UUID) -> Person | None:
        try:
            return await self.people.read(actor, person)
        except PersonUnknown:
            return None

    async def _row(self, name: str, actor: Actor, subject: UUID | None) -> Any:
        async with self.store.connection() as connection:
            return await connection.fetchrow(SQL[name], actor.may(Right.CONFIDENTIAL), subject)

    async def _call_row(self, call: UUID | None) -> Any:
        async with self.store.connection() as connection:
            return await connection.fetchrow(SQL["person_of_call"], call)

    async def _messages(
        self, actor: Actor, person: Person | None, story: CallStory | None
    ) -> list[Message]:
        if person is None and story is None:
            return []
        given = (actor.may(Right.CONFIDENTIAL), person and person.id, story and story.id)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["messages_of"], *given)
        return [Message(**row) for row in rows]
