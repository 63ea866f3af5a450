"""After a breach: of whom something was seen or changed in a window, who have to be told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Window:
    """When it happened; by a login or from an address alone where that is known."""

    since: datetime
    until: datetime
    who: str | None = None
    address: str | None = None
    everybody: bool = False
    """The machine itself was taken: the log tells nothing of what was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Somebody of whom something may have been seen."""

    person: UUID
    name: str | None
    phones: list[str]
    looks: int
    first_at: datetime
    last_at: datetime


async def touched(store: Store, by: str, address: str, window: Window) -> list[Touched]:
    """By the audit: what is confidential, recordings, files, copies, and changes. That it was
    looked up is noted as well. Raises StoreAway."""
    async with store.connection() as connection:
        await connection.execute(SQL["note_audit"], by, "breach.examined", "", address)
        if window.everybody:
            rows = await connection.fetch(SQL["everybody_known"], window.until)
        else:
            given = (window.since, window.until, window.who, window.address)
            rows = await connection.fetch(SQL["touched"], *given)
    return [Touched(**row) for row in rows]
