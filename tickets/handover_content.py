"""What leaves for an institution, decided anew each time that it leaves."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tickets.errors import TicketError
from tickets.handover_rules import Share, ToHandOver, Withheld, body_of, decide
from tickets.queries import SQL
from tickets.store import Connection


class MayNotLeave(TicketError):
    """The ticket may not be handed over to this institution."""

    def __init__(self, why: Withheld) -> None:
        super().__init__(f"this ticket may not leave for it: {why.value}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Content:
    """What leaves: as values, as bytes, and by name."""

    body: Mapping[str, Any]
    raw: bytes
    names: Sequence[str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


async def content_of(
    connection: Connection,
    handover: UUID,
    ticket: str,
    partner: UUID,
    enforces: bool,
    note: str,
    due: datetime,
) -> Content:
    """What may leave now, which may be less than when it was decided. `ticket` is its number.

    Raises MayNotLeave.
    """
    known = ToHandOver.of(await connection.fetchrow(SQL["ticket_to_hand_over"], ticket, True))
    share = await _share(connection, partner, known.category)
    decided = decide(known, enforces, share)
    if isinstance(decided, Withheld):
        raise MayNotLeave(decided)
    body = body_of(handover, known, decided, note, due, share.law if share else "")
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Content(body, raw, sorted(decided.values))


async def _share(connection: Connection, partner: UUID, category: str) -> Share | None:
    row = await connection.fetchrow(SQL["share_of_partner"], partner, category)
    if row is None:
        return None
    return Share(category=category, fields=tuple(row["fields"]), law=row["law"])
