"""Requests that may be sent again: the first one's answer, kept in a row for a day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tickets.queries import SQL
from tickets.store import Store
from tickets.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """A user's key, for one method, path and body."""

    store: Store
    user: UUID
    key: str
    digest: bytes

    async def take(self) -> Kept | None:
        """The answer that was given already, None for who is the first.

        Raises Problem for another request under the key, or while the first is being answered.
        """
        async with self.store.connection() as connection:
            if await connection.fetchval(SQL["claim_request"], self.user, self.key, self.digest):
                return None
            row = await connection.fetchrow(SQL["claimed_request"], self.user, self.key)
        if row is None or (row["digest"] == self.digest and row["status"] is None):
            headers = {"Retry-After": "1"}
            detail = "the first request with this key is being answered"
            raise Problem(409, "key-in-use", detail, headers=headers)
        if row["digest"] != self.digest:
            raise Problem(422, "key-conflict", "this key was used for another request")
        return Kept(row["status"], json.loads(row["headers"]), row["answer"])

    async def keep(self, kept: Kept) -> None:
        """For who asks again."""
        async with self.store.connection() as connection:
            await connection.execute(
                SQL["answer_request"],
                self.user,
                self.key,
                kept.status,
                json.dumps(dict(kept.headers)),
                kept.body,
            )

    async def drop(self) -> None:
        """It was not carried out: it may be tried again under the key."""
        async with self.store.connection() as connection:
            await connection.execute(SQL["drop_request"], self.user, self.key)
