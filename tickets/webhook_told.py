"""What a webhook is told of an event: what somebody with its rights alone would see now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets.cases.seen import seen
from tickets.looks import note_look
from tickets.queries import SQL
from tickets.rights import Actor, Right, Role
from tickets.store import Connection

NEEDS: Mapping[str, Right] = {
    "ticket": Right.TICKETS_READ,
    "callback": Right.CALLBACKS_READ,
    "call": Right.CALLS_READ,
}
"""Kinds of events, and the right that each needs."""
SENSITIVE = frozenset({Right.CONFIDENTIAL, Right.ANONYMOUS, Right.PHONES})
"""What only those may give away who have it themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event of the outbox."""

    id: UUID
    seq: int
    at: datetime
    kind: str
    subject: UUID
    was: str | None
    became: str | None


def reader(webhook: UUID, name: str, scopes: list[str]) -> Actor:
    """The webhook as one who looks at things."""
    rights = frozenset(map(Right, scopes))
    return Actor(
        user=webhook, login=f"webhook:{name}", name=name, role=Role.SUPERVISOR, scopes=rights
    )


async def body_of(connection: Connection, actor: Actor, event: Happened) -> bytes | None:
    """None for what the webhook may not know, or what is not there any more.

    A confidential ticket that is told is noted like any other look.
    """
    family, _, _ = event.kind.partition(".")
    row = await connection.fetchrow(SQL[f"{family}_for_webhook"], event.subject)
    if row is None or not actor.may(NEEDS[family]):
        return None
    if row["confidential"]:
        if not actor.may(Right.CONFIDENTIAL):
            return None
        await note_look(connection, actor, f"{family}.told", _name_of(row))
    told = {
        "type": event.kind,
        "timestamp": event.at,
        "id": event.id,
        "seq": event.seq,
        "was": event.was,
        "became": event.became,
        "data": seen(actor, row),
    }
    return json.dumps(told, default=_text, ensure_ascii=False, separators=(",", ":")).encode()


def _name_of(row: Mapping[str, Any]) -> str:
    return str(row["number"] if "number" in row else row.get("ticket") or row["id"])


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
