"""What of a ticket may leave for another institution, and why the rest may not.

Confidential tickets leave only as the law or the person lets them; whoever told of their own stock
(STOK) may have incriminated themselves, and is never told to who enforces; who somebody is leaves
by their own consent alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tickets import lifecycle
from tickets.ticket_form import FIELDS

PERSON = ("name", "phone")
"""Who it is: leaves by consent, whatever the law lets the rest do."""
BY_LAW = lifecycle.CATEGORIES - {"STOK"}
"""What a law may let go without the person's consent."""


class Withheld(StrEnum):
    """Why nothing may leave."""

    MERGED = "merged"
    """Its story goes on in another ticket."""
    NOT_SHARED = "not_shared"
    """The institution is told nothing of this category."""
    STOCK = "stock"
    """It is, or was, of somebody's own stock, and the institution enforces."""
    CONSENT = "consent"
    """Only the person could let it go, and they have not, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of a category an institution may be told."""

    category: str
    fields: tuple[str, ...]
    law: str = ""
    """By which it leaves without consent, as it is cited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHandOver:
    """A ticket, as the decision needs it."""

    id: UUID
    number: str
    category: str
    status: str
    confidential: bool
    anonymous: bool
    fields: Mapping[str, Any]
    opened_at: datetime
    deadline: datetime
    phone: str | None
    name: str | None
    merged_into: UUID | None
    was_stock: bool
    consents: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "ToHandOver":
        return cls(**dict(row) | {"fields": json.loads(row["fields"])})


@dataclass(frozen=True, slots=True)
class Leaves:
    """What may leave, by name; by the person's consent, or by a law alone."""

    values: Mapping[str, str]
    by_consent: bool


def names_of(category: str) -> tuple[str, ...]:
    """All that an institution could be told of a category."""
    return (*FIELDS[category], *PERSON)


def decide(ticket: ToHandOver, enforces: bool, share: Share | None) -> Leaves | Withheld:
    """What may leave for an institution; empty fields are left out."""
    if ticket.merged_into is not None:
        return Withheld.MERGED
    if enforces and ticket.was_stock:
        return Withheld.STOCK
    if share is None:
        return Withheld.NOT_SHARED
    if not ticket.consents and not _by_law(ticket, share):
        return Withheld.CONSENT
    names = [name for name in names_of(ticket.category) if name in share.fields]
    if not ticket.consents or ticket.anonymous:
        names = [name for name in names if name not in PERSON]
    known = {**ticket.fields, "name": ticket.name, "phone": ticket.phone}
    values = {name: str(known[name]) for name in names if known.get(name)}
    return Leaves(values, ticket.consents)


def _by_law(ticket: ToHandOver, share: Share) -> bool:
    """One that was made confidential under another category is not what the law meant."""
    if not share.law or ticket.was_stock or ticket.category not in BY_LAW:
        return False
    return not ticket.confidential or ticket.category in lifecycle.CONFIDENTIAL


def body_of(
    handover: UUID, ticket: ToHandOver, leaves: Leaves, note: str, due: datetime, law: str
) -> dict[str, Any]:
    """What the institution is told: the same by webhook and as a file."""
    return {
        "type": "handover.made",
        "handover": str(handover),
        "ticket": ticket.number,
        "category": ticket.category,
        "opened_at": ticket.opened_at.isoformat(),
        "answer_by": due.isoformat(),
        "ground": "consent" if leaves.by_consent else law,
        "note": note,
        "fields": {name: text for name, text in leaves.values.items() if name not in PERSON},
        "person": {name: text for name, text in leaves.values.items() if name in PERSON} or None,
    }


def rows_of(body: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """The same as lines of a table."""
    plain = [
        (name, str(body[name]))
        for name in ("handover", "ticket", "category", "opened_at", "answer_by", "ground", "note")
    ]
    return [*plain, *body["fields"].items(), *(body["person"] or {}).items()]
