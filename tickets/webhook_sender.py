"""Tells webhooks what is due: in order, each apart from the others, until it is taken.

At least once: a desk that dies between the answer and the row tells it again, under the same id.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import structlog

from tickets.queries import SQL
from tickets.rounds import went_on
from tickets.store import Store
from tickets.webhook_post import GONE, HELD, Answer, Patience, Poster, serve_one, session
from tickets.webhook_told import Happened, body_of, reader
from tickets.webhook_wire import Secrets

log = structlog.get_logger()


@dataclass
class Sender:
    """Run it with `run`; it never ends by an error. Several desks may run one each."""

    store: Store
    secrets: Secrets
    origins: frozenset[str]
    patience: Patience = field(default_factory=Patience)
    workers: int = 4
    """Webhooks that are told something at the same time: one that is slow holds up itself."""
    wall: Callable[[], float] = time.time

    async def run(self) -> None:
        async with (
            session(self.patience) as http,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(self.workers):
                group.create_task(self._work(http))
            group.create_task(self._forget_hourly())

    async def _work(self, http: aiohttp.ClientSession) -> None:
        while True:
            if not await went_on("webhooks", lambda: self.once(http)):
                await asyncio.sleep(self.patience.idle)

    async def once(self, http: aiohttp.ClientSession) -> bool:
        """Tell one webhook what is due; whether there was any. Raises StoreAway."""
        claim, release = SQL["claim_webhook"], SQL["release_webhook"]
        return await serve_one(
            self.store, claim, release, lambda webhook: self._tell_next(http, webhook)
        )

    async def _tell_next(self, http: aiohttp.ClientSession, webhook: Mapping[str, Any]) -> bool:
        """Whether to go on with it."""
        async with self.store.connection() as connection, connection.transaction():
            row = await connection.fetchrow(SQL["due_for_webhook"], webhook["id"], HELD)
            if row is None:
                return False
            values = dict(row)
            attempts = values.pop("attempts")
            event = Happened(**values)
            actor = reader(webhook["id"], webhook["name"], webhook["scopes"])
            body = await body_of(connection, actor, event)
            if body is None:
                await connection.execute(SQL["webhook_withheld"], webhook["id"], event.id)
                return True
        poster = Poster(self.secrets, self.origins, self.wall)
        answer = await poster.post(http, webhook["url"], webhook["secret"], event.id, body)
        return await self._settle(webhook, event, attempts, answer)

    async def _settle(
        self, webhook: Mapping[str, Any], event: Happened, attempts: int, answer: Answer
    ) -> bool:
        id_ = webhook["id"]
        async with self.store.connection() as connection, connection.transaction():
            if answer.taken:
                await connection.execute(SQL["webhook_took"], id_, event.id, answer.status)
                return True
            failing = await connection.fetchval(
                SQL["webhook_failed"],
                id_,
                event.id,
                answer.status,
                answer.problem,
                self.patience.after(attempts + 1),
                timedelta(seconds=self.patience.first),
            )
            log.warning(
                "webhook.failed",
                webhook=webhook["name"],
                status=answer.status,
                problem=answer.problem,
                attempts=attempts + 1,
            )
            if answer.status == GONE:
                why = answer.problem or "it says that it is gone (410)"
            elif failing >= self.patience.give_up:
                why = f"it has taken nothing for {failing.days} days; last: {answer.problem}"
            else:
                return False
            await connection.execute(SQL["disable_webhook"], id_, why)
        log.error("webhook.disabled", webhook=webhook["name"], why=why, remedy="mend and resume it")
        return False

    async def forget(self) -> None:
        """What is older than it is kept for. Raises StoreAway."""
        async with self.store.connection() as connection:
            await connection.execute(SQL["forget_outbox"], self.patience.kept)

    async def _forget_hourly(self) -> None:
        while True:
            await went_on("webhooks", self.forget)
            await asyncio.sleep(3600)
