"""One call's memory: where it stands and what the caller has said.

It lives in the service, and as text in the channel variable `IVR_STATE`, so that the call outlives
the service: whoever finds the channel can go on from there.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

STATE_LIMIT = 900
"""Bytes; an AMI header line carries at most 1022."""


class Outcome(StrEnum):
    """How a call ended; the promise knows no other way."""

    AGENT = "agent"
    PROMISE = "promise"
    INFORMATION = "information"
    HUNG_UP = "hung_up"
    FAILED = "failed"


class StateUnreadable(ValueError):
    """The channel's `IVR_STATE` is not one of ours: the call starts anew."""


@dataclass(slots=True, kw_only=True)
class Session:
    call: UUID
    flow: str
    """`name@version`, as on the call's row."""
    began: datetime
    language: str
    caller: str | None
    """E.164 of the caller's number, None when withheld: a hint, never proof."""
    step: str = ""
    seq: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    phone: str | None = None
    """Where to call back, once the caller confirmed or gave it."""
    ticket: UUID | None = None
    number: str | None = None
    callback: UUID | None = None
    slot: datetime | None = None
    """The time that the caller chose to be called at."""
    kept: bool = False
    """The ticket is durable, in PostgreSQL or in the spool."""
    requesting: bool = False
    """The caller waits or has begun a request: if they hang up now, we call them."""
    consent: bool = False
    """The caller keyed a yes to being recorded."""
    queue: str = ""
    """Where the caller waits or waited last, as the PBX names it."""
    entry: UUID | None = None
    """The stay in the queue that goes on; None when in none."""
    since: datetime | None = None
    """Since when the caller waits: the place that a callback earns."""
    priority: int = 0
    outcome: Outcome = Outcome.HUNG_UP
    errors: int = 0

    @property
    def own_promise(self) -> bool:
        """The promise was made in this call, or to the number that this call comes from. Else it
        is of whoever has the number that was keyed, which anybody can do."""
        return self.callback is not None or self.phone == self.caller

    def to_text(self) -> str:
        """For the channel: URL-safe, no comma, no white space.

        Raises ValueError when it would not fit an AMI header; nothing a caller keys can do that.
        """
        values = {k: v for k, v in asdict(self).items() if v not in (None, "", 0, False, {})}
        compact = json.dumps(values, default=_plain, separators=(",", ":"))
        text = urlsafe_b64encode(compact.encode()).decode()
        if len(text) > STATE_LIMIT:
            raise ValueError(f"the state of call {self.call} has {len(text)} bytes")
        return text

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` wrote. Raises `StateUnreadable`."""
        try:
            values = json.loads(urlsafe_b64decode(text.encode()))
            for name in ("call", "ticket", "callback", "entry"):
                if name in values:
                    values[name] = UUID(values[name])
            for name in ("began", "since", "slot"):
                if name in values:
                    values[name] = datetime.fromtimestamp(values[name], UTC)
            values["outcome"] = Outcome(values["outcome"])
            return cls(**{"caller": None} | values)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StateUnreadable(str(error)) from None


def _plain(value: object) -> object:
    match value:
        case datetime():
            return round(value.timestamp(), 3)
        case UUID():
            return value.hex
        case _:
            raise TypeError(f"{type(value).__name__} in a session")
