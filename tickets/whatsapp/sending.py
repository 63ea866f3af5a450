"""What is to be sent by WhatsApp is queued here, in the transaction of what it is about.

`tickets.whatsapp.sender` sends it. While the channel is off nothing is queued, and whoever asks
takes another way.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from config.phones import is_mobile
from config.whatsapp_templates import Template
from tickets.consents import Purpose, consents
from tickets.queries import SQL
from tickets.store import Connection

WINDOW = timedelta(hours=24)
"""After somebody's last message, for anything but templates."""
LONGEST_TEXT = 4096
"""Characters of a text, as the API takes it; 1024 with buttons."""
SELF = "saluran"
"""Who writes what goes by itself."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What is needed to queue something."""

    templates: Mapping[str, Template]
    clock: Callable[[], datetime]


_channel: Channel | None = None


def switch(channel: Channel | None) -> None:
    """The composition root says whether the channel is on; it is off until then."""
    global _channel
    _channel = channel


def is_on() -> bool:
    return _channel is not None


async def send_template(
    connection: Connection,
    person: UUID,
    name: str,
    values: Mapping[str, str],
    *,
    key: str,
    ticket: UUID | None = None,
    actor: str = SELF,
) -> bool:
    """Queue a template for a person who agreed to WhatsApp, at any hour of theirs.

    `key` makes it one message, however often it is asked for. False, and nothing is queued, while
    the channel is off, without the person's consent, and without a way to reach them. Raises
    KeyError for a template or value that there is none of.
    """
    channel = _channel
    if channel is None or not await consents(connection, person, Purpose.WHATSAPP):
        return False
    user = await _user(connection, person, channel.clock())
    if user is None:
        return False
    template = channel.templates[name]
    fitting = template.fit(values)
    await _queue(
        connection,
        user["id"],
        ticket,
        kind="template",
        text=template.filled(fitting),
        content={"buttons": [{"id": i, "title": t} for i, t in template.buttons.items()]}
        if template.buttons
        else {},
        at=channel.clock(),
        key=key,
        actor=actor,
        template=(name, fitting, template.language),
    )
    return True


async def send_text(
    connection: Connection,
    person: UUID,
    text: str,
    *,
    key: str,
    ticket: UUID | None = None,
    actor: str = SELF,
    buttons: Sequence[tuple[str, str]] = (),
    user: UUID | None = None,
) -> bool:
    """Queue an answer within the 24 hours after the person's last message: who wrote has asked for
    one, so that it needs no consent besides.

    `buttons` are ids and titles, at most three, or ten where it shall be a list. `user` names the
    account when it matters which. False, and nothing is queued, while the channel is off, and
    when the 24 hours are over.
    """
    channel = _channel
    if channel is None:
        return False
    row = await connection.fetchrow(SQL["whatsapp_account"], person, user)
    if row is None or not is_open(row["last_in_at"], channel.clock()):
        return False
    await _queue(
        connection,
        row["id"],
        ticket,
        kind="buttons" if buttons else "text",
        text=text,
        content={"buttons": [{"id": i, "title": t} for i, t in buttons]} if buttons else {},
        at=channel.clock(),
        key=key,
        actor=actor,
    )
    return True


def is_open(last_in_at: datetime | None, now: datetime) -> bool:
    """Whether free text may be sent."""
    return last_in_at is not None and now - last_in_at < WINDOW


async def _user(connection: Connection, person: UUID, now: datetime) -> Mapping[str, Any] | None:
    """The account that they wrote from last, or that of a mobile number of theirs."""
    known = await connection.fetchrow(SQL["whatsapp_account"], person, None)
    if known is not None:
        return dict(known)
    number = await has_mobile(connection, person)
    if number is None:
        return None
    made = await connection.fetchrow(SQL["meet_whatsapp_account"], person, number, now)
    return dict(made)


async def has_mobile(connection: Connection, person: UUID) -> str | None:
    """A number of theirs that may have an account of WhatsApp."""
    rows = await connection.fetch(SQL["phones_for_whatsapp"], person)
    return next((row["number"] for row in rows if is_mobile(row["number"])), None)


async def _queue(
    connection: Connection,
    user: UUID,
    ticket: UUID | None,
    *,
    kind: str,
    text: str,
    content: Mapping[str, Any],
    at: datetime,
    key: str,
    actor: str,
    template: tuple[str, Mapping[str, str], str] | None = None,
) -> None:
    name, values, language = template or (None, None, "id")
    await connection.execute(
        SQL["queue_whatsapp"],
        user,
        ticket,
        kind,
        text,
        json.dumps(content),
        at,
        key,
        actor,
        name,
        json.dumps(dict(values)) if values is not None else None,
        language,
    )
