"""Who is seen in a queue or in a talk, as the PBX tells of a channel. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from ivr.ami import Event
from ivr.callback_channels import half
from ivr.ids import call_id
from ivr.stays import Stay

VARIABLES = "IVR_ENTRY_ID,IVR_QUEUE,IVR_SINCE,IVR_CALLBACK,QUEUE_PRIO,MEMBERNAME,QEHOLDTIME"
"""What the service leaves on a channel, and the PBX by `setinterfacevar`, `setqueueentryvar`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone who waits, caller or placeholder."""

    stay: Stay
    channel: str
    uniqueid: str
    position: int
    """When it was put in, counted from 1."""
    joined: datetime
    certain: bool = True
    """False when it was found there after a time in which we saw nothing."""

    @property
    def entry(self) -> UUID:
        return self.stay.entry

    @property
    def since(self) -> datetime:
        return self.stay.since

    @property
    def priority(self) -> int:
        return self.stay.priority


@dataclass(frozen=True, slots=True)
class Talk:
    """Someone with whom an agent speaks."""

    stay: Stay
    uniqueid: str
    agent: str
    """The extension."""
    began: datetime


def found(
    pbx: str, event: Event, told: Event | None, joined: datetime, *, certain: bool = True
) -> Waiting:
    """Who an event of a queue tells of; `told` is the channel's `Status` with VARIABLES."""
    values = variables(told) if told else {}
    uniqueid, queue = event.get("Uniqueid"), event.get("Queue") or values.get("IVR_QUEUE", "")
    call, entry = call_id(pbx, uniqueid), _uuid(values.get("IVR_ENTRY_ID"))
    callback = _uuid(values.get("IVR_CALLBACK")) if half(uniqueid) else None
    stay = Stay(
        entry=entry or uuid5(call, queue),
        call=callback or call,
        callback=callback,
        queue=queue,
        since=_moment(values.get("IVR_SINCE")) or joined,
        priority=_whole(values.get("QUEUE_PRIO")),
        ours=entry is not None,
    )
    position = _whole(event.get("Position")) or 1
    return Waiting(stay, event.get("Channel"), uniqueid, position, joined, certain)


def variables(event: Event) -> dict[str, str]:
    """Those of `Status`, which writes `(null)` for what is not set."""
    pairs = (text.partition("=") for text in event.all("Variable"))
    return {name: value for name, _, value in pairs if value not in ("", "(null)")}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
