"""What a person is typing, kept on the server: a reload or a lost session costs them nothing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.errors import Unacceptable
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store

MOST = 40_000
"""Characters of one draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The fields of a form as they were typed; empty where nothing was."""

    content: Mapping[str, str]
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Drafts:
    """One's own alone, by the name of the form. Every method raises NotAllowed and StoreAway."""

    store: Store
    clock: Callable[[], datetime]

    async def keep(self, actor: Actor, form: str, content: Mapping[str, str]) -> Draft:
        """In place of what was there. Raises Unacceptable for too much."""
        _need(actor)
        written = json.dumps(dict(content), ensure_ascii=False)
        if len(written) > MOST:
            raise Unacceptable(f"a draft has at most {MOST} characters", "/content")
        saved_at = self.clock()
        async with self.store.connection() as connection:
            await connection.execute(SQL["keep_draft"], actor.user, form, written, saved_at)
        return Draft(content=content, saved_at=saved_at)

    async def read(self, actor: Actor, form: str) -> Draft:
        _need(actor)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["draft"], actor.user, form)
        if row is None:
            return Draft(content={}, saved_at=None)
        return Draft(content=json.loads(row["content"]), saved_at=row["saved_at"])

    async def drop(self, actor: Actor, form: str) -> None:
        """It was sent, or is not wanted."""
        _need(actor)
        async with self.store.connection() as connection:
            await connection.execute(SQL["drop_draft"], actor.user, form)


def _need(actor: Actor) -> None:
    actor.need(Right.TICKETS_CHANGE)
    actor.need_session()
