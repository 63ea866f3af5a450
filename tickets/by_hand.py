"""Callbacks as people see them: which there are, and to move, cancel or finish one by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config.phones import masked
from tickets.errors import TicketError
from tickets.queries import SQL
from tickets.store import Store

LIVE = ("waiting", "claimed", "dialling")


class CallbackOver(TicketError):
    """It is not there, or was done or cancelled meanwhile: read it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLine:
    """A callback in a list."""

    id: UUID
    number: str
    category: str
    phone: str
    type: str
    state: str
    reason: str | None
    """Why it is with a person."""
    due: datetime
    since: datetime
    priority: int
    tries: int


@dataclass(frozen=True, slots=True)
class CallbackBook:
    """Every method raises StoreAway."""

    store: Store
    full: bool = False
    """Whole phone numbers instead of their last digits."""

    async def list(self, states: tuple[str, ...] = (*LIVE, "human")) -> list[CallbackLine]:
        """In the order in which they are served; tasks for people first."""
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["list_callbacks"], list(states))
        return [CallbackLine(**self._shown(row)) for row in rows]

    async def move(self, callback: UUID, due: datetime, by: str, at: datetime) -> None:
        """To another time, with the place it has; a task for people is the machine's again.

        Raises CallbackOver, also for a task whose phone has been promised another one meanwhile.
        """
        await self._change("move_callback", callback, due, by, None, at, "")

    async def cancel(self, callback: UUID, by: str, at: datetime) -> None:
        """Nobody calls any more. Raises CallbackOver."""
        await self._change("end_callback", callback, "cancelled", by, None, at)

    async def finish(self, callback: UUID, by: str, at: datetime) -> None:
        """A person has spoken with them. Raises CallbackOver."""
        await self._change("end_callback", callback, "done", by, None, at)

    async def _change(self, name: str, callback: UUID, *given: Any) -> None:
        async with self.store.connection() as connection:
            became = await connection.fetchval(SQL[name], callback, *given)
        if became is None:
            raise CallbackOver(
                f"callback {callback} is not live nor a task, or another of its phone is: "
                "see `saluran callbacks list`"
            )

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return dict(row) | ({} if self.full else {"phone": masked(row["phone"])})
