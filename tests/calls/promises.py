"""Promises of a call that are written as the service tells them, without a call that made them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.settings import load_settings
from ivr.ids import call_id, new_id
from scripts.embedded.installation import Installation
from scripts.line_hours import LineHours
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.store import Store

QUEUE = "umum"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Promise:
    """A callback that somebody was promised."""

    id: UUID
    phone: str
    national: str


def promised(
    now: datetime,
    *,
    since: datetime | None = None,
    due: datetime | None = None,
    phone: str | None = None,
    other: str | None = None,
    priority: int = 0,
    type: str = "next_opening",  # noqa: A002
) -> tuple[Promise, list[dict[str, Any]]]:
    """A callback, due now unless it is said, and the facts that tell it."""
    nth = next(_numbers)
    national = f"0813{nth:08}"
    phone = phone or f"+62{national[1:]}"
    promise = Promise(new_id(), phone, f"0{phone[3:]}")
    call: dict[str, Any] = {
        "call": str(call_id("pbx1", f"test-{nth}.1")),
        "at": now.isoformat(),
    }
    common = call | {"ticket": str(new_id()), "phone": phone}
    opened: dict[str, Any] = {
        "kind": "ticket_opened",
        "id": str(new_id()),
        "number": None,
        "pin_hash": None,
        "category": "GANTI",
        "channel": "phone",
        "fields": {},
        "reason": "request",
        "language": "id",
    }
    told: dict[str, Any] = {
        "kind": "callback_promised",
        "id": str(new_id()),
        "callback": str(promise.id),
        "type": type,
        "due": (due or now).isoformat(),
        "since": (since or due or now).isoformat(),
        "queue": QUEUE,
        "priority": priority,
        "other_phone": other,
    }
    ended: dict[str, Any] = {
        "kind": "call_ended",
        "id": str(new_id()),
        "outcome": "promise",
        "step": "promise",
        "certain": True,
    }
    return promise, [opened | common, told | common, ended | call]


def desk_of(installation: Installation, store: Store) -> PostgresDesk:
    """The desk as the installation's service has it."""
    settings = load_settings(installation.state.folder)
    days = {str(name): days for name, days in settings.deadlines.categories.items()}
    deadlines = Deadlines(LineHours(settings), settings.deadlines.first_response, days)
    return PostgresDesk(store, deadlines, settings.pin_key().get_secret_value().encode())


async def write(installation: Installation, facts: Sequence[dict[str, Any]]) -> None:
    """Have the desk of the installation apply them."""
    store = Store(installation.database_url(), 1)
    try:
        await desk_of(installation, store).apply(facts)
    finally:
        await store.close()
