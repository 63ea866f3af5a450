"""From a message to a ticket: it joins the open one or opens one, and answers what was asked.

One account at a time, its messages in the order in which they were written, in one transaction with
all that comes of them: what fails is done again, and nothing is done twice.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import structlog

from config.calendar import Calendar
from config.numbers import ticket_number
from config.whatsapp_intake import Intake, filled
from tickets import consents, lifecycle
from tickets.consents import Consent, Purpose
from tickets.deadlines import Deadlines
from tickets.errors import TicketError
from tickets.numbering import take_block, take_number
from tickets.queries import SQL
from tickets.store import CONTENT, Connection, Store
from tickets.whatsapp.intake import MOST_MISSES, Reply, Word, answered, asks, next_question
from tickets.whatsapp.promise import promises

log = structlog.get_logger()

TICKETS = UUID("6d8b7a0e-51c4-5d2e-9a54-3f0a5a9c1e77")
"""Names the tickets of messages: made of the first message's id, a ticket is opened once."""
AFTERWORDS = timedelta(days=14)
"""A sticker or a thumb up after the end belongs to the ticket that ended."""
LONGEST_QUESTION = 1000
_AT_ONCE = 500
"""Messages of which the senders are looked at in one statement."""


class NotWorked(TicketError):
    """The messages of this account could not be worked now."""

    def __init__(self, account: UUID) -> None:
        super().__init__(f"the messages of {account} could not be worked")
        self.account = account


@dataclass(slots=True)
class _Talk:
    """One account's turn: what is known of it while its messages are gone through."""

    connection: Connection
    account: Mapping[str, Any]
    person: UUID
    now: datetime
    ticket: dict[str, Any] | None = None
    question: str | None = None
    """That was asked last, of which no answer is known."""
    was_asked: bool = False
    """Whether they can have read it: nothing is an answer before."""
    misses: int = 0
    ask: bool = False
    """Whether a question is to be sent at the end."""
    before: list[str] = field(default_factory=list)
    """What is said before it."""
    worked: dict[UUID | None, list[UUID]] = field(default_factory=dict)
    """Messages by the ticket that they joined."""
    last: str = ""
    """The wamid of the last message, which makes the keys of answers to it."""

    def says(self, text: str) -> None:
        if text not in self.before:
            self.before.append(text)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Every method raises StoreAway."""

    store: Store
    deadlines: Deadlines
    clock: Callable[[], datetime]
    calendar: Callable[[], Calendar]
    """As its file is now."""
    intake: Callable[[], Intake]
    """As its file is now."""

    async def join(self) -> int:
        """All messages of those who have a ticket and no question open; how many."""
        async with self.store.connection() as connection:
            told: str = await connection.execute(SQL["join_open_tickets"], _AT_ONCE)
        return int(told.rpartition(" ")[2])

    async def work_one(self, but: Sequence[UUID] = ()) -> UUID | None:
        """Everything that one account has written, of any but those; whose that was.

        Raises NotWorked: nothing of it is done, and it can be tried again.
        """
        async with self.store.connection() as connection, connection.transaction():
            account = await connection.fetchrow(SQL["claim_whatsapp_user"], list(but))
            if account is None:
                return None
            found: UUID = account["id"]
            messages = await connection.fetch(SQL["unworked_messages"], found)
            try:
                if messages:
                    await self._work(connection, account, messages)
            except CONTENT as error:
                raise NotWorked(found) from error
            return found

    async def _work(
        self,
        connection: Connection,
        account: Mapping[str, Any],
        messages: Sequence[Mapping[str, Any]],
    ) -> None:
        person = await connection.fetchval(SQL["hold_person_of_account"], account["id"])
        talk = _Talk(connection, account, person, self.clock())
        await self._remember(talk)
        for message in messages:
            talk.last = message["wamid"]
            await self._one(talk, message, json.loads(message["content"]))
        for ticket, ids in talk.worked.items():
            await connection.execute(SQL["whatsapp_messages_worked"], ids, ticket)
        if talk.ask:
            await self._ask(talk)
        elif talk.before:
            await _queue(talk, Reply("\n\n".join(talk.before)), "told")

    async def _remember(self, talk: _Talk) -> None:
        """The question that is open, if its ticket still is."""
        row = await talk.connection.fetchrow(SQL["intake_of"], talk.account["id"])
        if row is None:
            return
        if row["open"] and row["question"] in self.intake().questions:
            talk.ticket = dict(row) | {"id": row["ticket"]}
            talk.question, talk.was_asked = row["question"], row["was_asked"]
            talk.misses = row["misses"]
        else:
            await self._over(talk)

    async def _one(
        self, talk: _Talk, message: Mapping[str, Any], content: Mapping[str, Any]
    ) -> None:
        if talk.ticket is None:
            found = await talk.connection.fetchrow(SQL["open_ticket_of_person"], talk.person)
            talk.ticket = dict(found) if found else None
        joins: UUID | None = talk.ticket["id"] if talk.ticket else None
        if command := content.get("command"):
            await self._obey(talk, command)
        elif joins is None and not (joins := await _afterword(talk, message)):
            await self._open(talk, message)
            joins = talk.ticket["id"] if talk.ticket else None
        elif talk.question and talk.was_asked and message["kind"] in ("text", "reply"):
            await self._answer(talk, message["text"], content.get("button"))
        talk.worked.setdefault(joins, []).append(message["id"])

    async def _obey(self, talk: _Talk, command: str) -> None:
        granted = command == "start"
        await _consent(talk, granted)
        talk.says(self.intake().started if granted else self.intake().stopped)

    async def _open(self, talk: _Talk, message: Mapping[str, Any]) -> None:
        ticket, at = uuid5(TICKETS, message["wamid"]), talk.now
        category = lifecycle.UNKNOWN_CATEGORY
        told = message["text"].strip()[:LONGEST_QUESTION]
        fields = {"question": told} if told else {}
        due = self.deadlines.first_response_due(at)
        more = (
            category,
            talk.account["phone"],
            talk.person,
            json.dumps(fields),
            at,
            due,
            self.deadlines.deadline(at, category),
        )
        number = await _numbered(talk.connection, ticket, at.year, more)
        talk.ticket = {
            "id": ticket,
            "number": number,
            "category": category,
            "fields": json.dumps(fields),
            "opened_at": at,
        }
        intake, values = self.intake(), {"number": number}
        talk.says(filled(intake.greeting, values))
        closures = await talk.connection.fetch(SQL["closures"])
        hours = self.calendar().closed_by([(row[0], row[1], row[2]) for row in closures])
        talk.says(promises(intake, hours, at, due, values))
        talk.ask, talk.question = True, await self._next(talk, None)
        if talk.question:
            talk.says(intake.how)
        log.info("whatsapp.ticket_opened", ticket=number)

    async def _answer(self, talk: _Talk, text: str, button: str | None) -> None:
        assert talk.ticket is not None
        assert talk.question is not None
        intake = self.intake()
        match answered(intake, talk.question, text, button):
            case Word.NONE if button is not None:
                return  # Of a question that was answered before.
            case Word.NONE:
                talk.misses += 1
                if talk.misses >= MOST_MISSES:
                    await self._leave_to_people(talk)
                else:
                    talk.says(intake.misunderstood)
                    talk.ask, talk.was_asked = True, False
                return
            case Word.PERSON:
                await self._leave_to_people(talk)
                return
            case Word.SKIP:
                pass
            case value:
                await self._fill(talk, str(value))
        talk.ask, talk.was_asked, talk.misses = True, False, 0
        talk.before = [text for text in talk.before if text != intake.misunderstood]
        talk.question = await self._next(talk, talk.question)

    async def _fill(self, talk: _Talk, value: str) -> None:
        assert talk.ticket is not None
        ticket = talk.ticket
        match talk.question:
            case "consent":
                await _consent(talk, value == "yes")
            case "category":
                deadline = self.deadlines.deadline(ticket["opened_at"], value)
                secret = value in lifecycle.CONFIDENTIAL
                given = (ticket["id"], value, deadline, secret)
                await talk.connection.execute(SQL["answer_sets_category"], *given)
                await _note(talk, ticket["category"], value, "")
                ticket["category"] = value
            case name:
                fields = json.loads(ticket["fields"])
                await talk.connection.execute(SQL["answer_fills_field"], ticket["id"], name, value)
                was = json.dumps({name: fields[name]} if name in fields else {})
                await _note(talk, was, json.dumps({name: value}, ensure_ascii=False), "fields")
                ticket["fields"] = json.dumps(fields | {name: value})

    async def _next(self, talk: _Talk, after: str | None) -> str | None:
        assert talk.ticket is not None
        agreed = await consents.consents(talk.connection, talk.person, Purpose.WHATSAPP)
        fields = json.loads(talk.ticket["fields"])
        return next_question(self.intake(), talk.ticket["category"], fields, after, agreed)

    async def _ask(self, talk: _Talk) -> None:
        """The question that is next, or that all is told."""
        assert talk.ticket is not None
        intake = self.intake()
        if talk.question is None:
            await self._over(talk)
            talk.says(filled(intake.done, {"number": talk.ticket["number"]}))
            await _queue(talk, Reply("\n\n".join(talk.before)), "done")
            return
        reply = asks(talk.question, intake.questions[talk.question], talk.before)
        asked = await _queue(talk, reply, talk.question)
        given = (talk.account["id"], talk.ticket["id"], talk.question, asked, talk.misses)
        await talk.connection.execute(SQL["ask_next"], *given)

    async def _leave_to_people(self, talk: _Talk) -> None:
        assert talk.ticket is not None
        await self._over(talk)
        talk.question, talk.ask = None, False
        talk.says(filled(self.intake().to_a_person, {"number": talk.ticket["number"]}))

    async def _over(self, talk: _Talk) -> None:
        await talk.connection.execute(SQL["intake_over"], talk.account["id"])


async def _numbered(connection: Connection, ticket: UUID, year: int, more: tuple[Any, ...]) -> str:
    """Insert it under a number that nobody has: after a backup was restored, one may be taken."""
    number = await take_number(connection, year)
    try:
        async with connection.transaction():
            await connection.execute(SQL["open_whatsapp_ticket"], ticket, number, *more)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "ticket_number":
            raise
        # Past the block that was handed out then.
        number = ticket_number(year, (await take_block(connection, year))[-1])
        await connection.execute(SQL["open_whatsapp_ticket"], ticket, number, *more)
    return number


async def _afterword(talk: _Talk, message: Mapping[str, Any]) -> UUID | None:
    """The ticket that ended, for what says nothing new: a sticker, a thumb up."""
    tells = message["kind"] not in ("reaction", "sticker") and (
        message["kind"] != "text" or any(c.isalnum() for c in message["text"])
    )
    if tells:
        return None
    row = await talk.connection.fetchrow(
        SQL["last_ticket_of_person"], talk.person, talk.now - AFTERWORDS
    )
    return row["id"] if row else None


async def _consent(talk: _Talk, granted: bool) -> None:
    given = Consent(
        person=talk.person,
        purpose=Purpose.WHATSAPP,
        granted=granted,
        at=talk.now,
        channel="whatsapp",
        proof=talk.last,
        phone=talk.account["phone"],
    )
    await consents.record(talk.connection, given)


async def _note(talk: _Talk, was: str, became: str, note: str) -> None:
    assert talk.ticket is not None
    given = (talk.ticket["id"], "edited", was, became, "caller", note, talk.now)
    await talk.connection.execute(SQL["add_event"], *given)


async def _queue(talk: _Talk, reply: Reply, about: str) -> UUID:
    """Written down to be sent; its row."""
    buttons = [{"id": id_, "title": title} for id_, title in reply.buttons]
    found: UUID = await talk.connection.fetchval(
        SQL["queue_reply"],
        talk.account["id"],
        talk.ticket and talk.ticket["id"],
        "buttons" if buttons else "text",
        reply.text,
        json.dumps({"buttons": buttons} if buttons else {}),
        talk.now,
        f"intake:{about}:{talk.last}",
        "saluran",
    )
    return found
