"""What the phone side tells the ticket side: facts, each true once and for ever.

A fact is written to PostgreSQL, or to the local spool while PostgreSQL is away, and applied
there by its id: replaying one changes nothing. The JSON of a fact is the one format that the
journal, the spool and the ticket side's `tickets.desk.Desk.apply` share.

Times are aware datetimes in UTC. Phones are E.164 (`+62…`) or None when withheld.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The base: which fact, of which call, when."""

    kind: ClassVar[str]
    id: UUID
    """UUIDv7 made by the writer; applying the same id twice changes nothing."""
    call: UUID
    """Derived from the PBX's name and the channel's unique id, by `ivr.ids.call_id`."""
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """The fact as JSON values, with its kind."""
        # Not `asdict`, which copies deeply: this runs for every step of every call.
        names = self.__dataclass_fields__
        return {"kind": self.kind} | {name: _plain(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBegan(Fact):
    """A caller reached the line."""

    kind: ClassVar[str] = "call_began"
    pbx: str
    """The PBX's name from the settings, e.g. `pbx1`."""
    uniqueid: str
    """Asterisk's `UNIQUEID` of the caller's channel; with `pbx` the key of the audit."""
    caller: str
    """What the network sent as the caller's number, made printable, at most 80 characters."""
    phone: str | None
    dialled: str
    flow: str
    """The flow and its version, `hotline@3f2a91c0`; `fallback` when the PBX alone served it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken(Fact):
    """The call came to a step, or the caller answered one."""

    kind: ClassVar[str] = "step_taken"
    seq: int
    """Counts up within the call, from 1."""
    step: str
    event: str
    """`entered`, `key`, `invalid`, `silence`, `confirmed`, `rejected`, `error`, `readopted`, …"""
    detail: str = ""
    """A menu key or a word; never a PIN, nor more than the last three digits of a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(Fact):
    kind: ClassVar[str] = "language_chosen"
    phone: str | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Fact):
    """The caller keyed yes or no to a purpose; silence is never a yes."""

    kind: ClassVar[str] = "consent_given"
    phone: str | None
    purpose: str
    """`record`: the conversation and messages may be recorded."""
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened(Fact):
    """A ticket, and the number and PIN that the caller was or will be told."""

    kind: ClassVar[str] = "ticket_opened"
    ticket: UUID
    number: str | None
    """Eight digits out of the block this service holds; None when none was left offline (the
    ticket side then gives it one)."""
    pin_hash: str | None
    category: str
    """GANTI, STOK, INFO, DARING, SELUNDUP, TERTIB, LAYANAN, LATIH, KUR; UMUM when unknown."""
    channel: str
    """`phone`, or `fallback` when the PBX alone took it."""
    phone: str | None
    """Where to call back; the caller may have given another number than the one they call from."""
    fields: dict[str, str] = field(default_factory=dict)
    """What the menu learned, e.g. `{"scheme": "reseller"}`."""
    reason: str = "request"
    """`request`, or `abandoned` for a caller who hung up while waiting or within a request."""
    language: str = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPromised(Fact):
    """Someone will call `phone` at `due`: asked twice, the live request is moved or confirmed."""

    kind: ClassVar[str] = "callback_promised"
    callback: UUID
    ticket: UUID
    phone: str
    type: str
    """`next_opening`, `keep_place` or `slot`."""
    due: datetime
    since: datetime
    """When the caller began to wait: the place in the queue that the callback earns."""
    queue: str = ""
    """Where it was asked for; empty when that was no queue."""
    priority: int = 0
    """That the caller had there."""
    other_phone: str | None = None
    """Tried when `phone` does not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft(Fact):
    """A voice message, already stored safely in the recordings store."""

    kind: ClassVar[str] = "message_left"
    recording: UUID
    ticket: UUID
    name: str
    """The file's name in the recordings store."""
    seconds: float
    size: int
    """Bytes of the audio before encryption."""
    sha256: str
    silent: bool
    """Nothing louder than a quiet room was heard: kept, and marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Fact):
    """The call's one closing line."""

    kind: ClassVar[str] = "call_ended"
    outcome: str
    """`agent`, `promise`, `information`, `hung_up`, and `failed` for a call that ended by an error
    after which not even the fallback could serve it."""
    step: str
    """Where the call ended."""
    certain: bool = True
    """False when the end was reconciled afterwards and the moment is not known."""


FACTS: dict[str, type[Fact]] = {
    kind.kind: kind
    for kind in (
        CallBegan,
        StepTaken,
        LanguageChosen,
        ConsentGiven,
        TicketOpened,
        CallbackPromised,
        MessageLeft,
        CallEnded,
    )
}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value
