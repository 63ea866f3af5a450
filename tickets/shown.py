"""Tickets and calls as a person reads them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """A ticket in a list."""

    id: UUID
    number: str
    category: str
    status: str
    channel: str
    reason: str
    phone: str | None
    confidential: bool
    opened_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: datetime
    kind: str
    was: str | None
    became: str | None
    actor: str
    call: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    id: UUID
    type: str
    state: str
    phone: str
    due: datetime
    since: datetime
    reason: str | None
    """Why it is with a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to call back; what is None is not known yet."""

    at: datetime | None
    agent: str | None
    result: str | None
    talked: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    id: UUID
    kind: str
    name: str
    seconds: float
    silent: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file on a ticket; its name may be empty for who may not open it."""

    id: UUID
    name: str
    kind: str
    """Its media type, by its content."""
    size: int
    """Bytes."""
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStory(TicketLine):
    """All there is of a ticket."""

    first_response_due: datetime
    anonymous: bool
    language: str
    owner: str | None
    call: UUID | None
    """None for one that was opened at the desk."""
    fields: dict[str, str]
    events: list[Event]
    callbacks: list[Callback]
    attempts: list[Attempt]
    recordings: list[Recording]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A call in a list; what `call_began` tells is None while that is not known."""

    id: UUID
    pbx: str | None
    uniqueid: str | None
    caller: str | None
    phone: str | None
    flow: str | None
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    last_step: str | None
    certain: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    seq: int
    step: str
    event: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay in a queue; times in seconds, what is None is not known or did not happen."""

    queue: str | None
    joined_at: datetime | None
    left_at: datetime | None
    how: str | None
    agent: str | None
    waited: float | None
    talked: float | None
    ended_by: str | None
    disposition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStory(CallLine):
    """A call step by step, and the numbers of the tickets that came of it."""

    steps: list[Step]
    stays: list[Stay]
    tickets: list[str]
