"""Closing the line at once, and opening it again: rows that every service reads."""

from dataclasses import dataclass
from datetime import datetime

from tickets.queries import SQL
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Closures:
    """Every method raises StoreAway. Times are the service's, which a demo may have moved."""

    store: Store

    async def close_line(self, reason: str, until: datetime | None, by: str, at: datetime) -> None:
        """Close from `at` on; without `until` until someone reopens. ValueError for a past end."""
        if until is not None and until <= at:
            raise ValueError(f"the line cannot be closed until {until:%Y-%m-%d %H:%M}: it is past")
        async with self.store.connection() as connection:
            await connection.execute(SQL["close_line"], reason, at, until, by)

    async def reopen_line(self, by: str, at: datetime) -> int:
        """Lift every emergency closure that stands at `at` or is to come; how many those were."""
        async with self.store.connection() as connection:
            return int(await connection.fetchval(SQL["reopen_line"], at, by))
