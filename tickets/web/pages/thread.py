"""A ticket's story as one thread: calls, messages, moves, notes, callbacks and files by time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.cases.tickets import ThreadEvent, Ticket
from tickets.cases.whatsapp_thread import Message
from tickets.shown import Attachment, CallStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing in the thread; `kind` says how it is shown and what `value` is."""

    at: datetime
    kind: str
    value: Any
    changes: Sequence[tuple[str, str | None, str | None]] = ()
    """Of an edit: each field's name, what was there, and what is."""


def thread(
    ticket: Ticket, calls: Sequence[CallStory], messages: Sequence[Message] = ()
) -> list[Item]:
    """What happened first comes first; of two at one moment the call is told before what came of
    it."""
    # What came in a message is told with it.
    sent = {one.attachment for one in messages}
    files = {str(one.id): one for one in ticket.attachments if one.id not in sent}
    items = [
        *(Item(at=one.began_at, kind="call", value=one) for one in calls),
        *_events(ticket.thread, files),
        *(Item(at=one.at, kind="whatsapp", value=one) for one in messages),
        *(Item(at=one.at, kind="recording", value=one) for one in ticket.recordings),
        *(Item(at=one.since, kind="callback", value=one) for one in ticket.callbacks),
        *(Item(at=one.at, kind="attempt", value=one) for one in ticket.attempts if one.at),
    ]
    return sorted(items, key=lambda item: item.at)


def _events(events: Sequence[ThreadEvent], files: Mapping[str, Attachment]) -> Iterator[Item]:
    for event in events:
        if event.kind == "attached":
            if event.note in files:
                yield Item(at=event.at, kind="file", value=files[event.note])
        elif event.kind == "commented":
            yield Item(at=event.at, kind="comment", value=event)
        elif event.kind == "edited" and event.note == "fields":
            yield Item(at=event.at, kind="edit", value=event, changes=_changes(event))
        else:
            yield Item(at=event.at, kind="event", value=event)


def _changes(event: ThreadEvent) -> list[tuple[str, str | None, str | None]]:
    was, became = _fields(event.was), _fields(event.became)
    return [(name, was.get(name), became.get(name)) for name in sorted(was.keys() | became.keys())]


def _fields(text: str | None) -> dict[str, str]:
    """As the event keeps them; an older one may be cut or be something else."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
