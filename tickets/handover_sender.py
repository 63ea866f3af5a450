"""Sends to institutions what was handed over to them, until they take it.

At least once: a desk that dies between the answer and the row sends it again, under the same id.
What comes back besides the status is nobody's business; the answer itself comes later, signed
(`tickets.handover_inbox`) or by an officer.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from tickets.handover_answers import SYSTEM, note_on_ticket
from tickets.handover_content import Content, MayNotLeave, content_of
from tickets.queries import SQL
from tickets.rounds import went_on
from tickets.store import Connection, Store
from tickets.webhook_post import GONE, HELD, Answer, Patience, Poster, serve_one, session

log = structlog.get_logger()


@dataclass
class HandoverSender:
    """Run it with `run`; it never ends by an error. Several desks may run one each."""

    store: Store
    poster: Poster
    clock: Callable[[], datetime]
    patience: Patience = field(default_factory=Patience)
    workers: int = 2
    """Institutions that are asked at the same time: one that is slow holds up itself."""

    async def run(self) -> None:
        async with session(self.patience) as http, asyncio.TaskGroup() as group:
            for _ in range(self.workers):
                group.create_task(self._work(http))

    async def _work(self, http: aiohttp.ClientSession) -> None:
        while True:
            if not await went_on("handovers", lambda: self.once(http)):
                await asyncio.sleep(self.patience.idle)

    async def once(self, http: aiohttp.ClientSession) -> bool:
        """Send one institution what is due; whether there was any. Raises StoreAway."""
        claim, release = SQL["claim_partner"], SQL["release_partner"]
        return await serve_one(
            self.store, claim, release, lambda partner: self._send_next(http, partner)
        )

    async def _send_next(self, http: aiohttp.ClientSession, partner: Mapping[str, Any]) -> bool:
        """Whether to go on with this institution."""
        async with self.store.connection() as connection, connection.transaction():
            due = await connection.fetchrow(SQL["due_handover"], partner["id"], HELD)
            if due is None:
                return False
            try:
                content = await content_of(
                    connection,
                    due["id"],
                    due["ticket"],
                    partner["id"],
                    partner["enforces"],
                    due["note"],
                    due["due"],
                )
            except MayNotLeave as error:
                await self._withhold(connection, partner, due, error)
                return True
        if partner["url"] is None:
            answer = Answer(GONE, "it has no address any more")
        else:
            answer = await self.poster.post(
                http, partner["url"], partner["secret"], due["id"], content.raw
            )
        return await self._settle(partner, due, content, answer)

    async def _settle(
        self, partner: Mapping[str, Any], due: Mapping[str, Any], content: Content, answer: Answer
    ) -> bool:
        id_, attempts, name = due["id"], due["attempts"] + 1, partner["name"]
        async with self.store.connection() as connection, connection.transaction():
            if answer.taken:
                taken = (id_, answer.status, self.clock(), content.names, content.sha256)
                await self._told(connection, "handover_taken", taken, "sent", name)
                return True
            wait = None if answer.status == GONE else self.patience.after(attempts)
            pause = timedelta(seconds=min(self.patience.longest, self.patience.first * attempts))
            failed = (id_, answer.status, answer.problem, wait, pause)
            became = "failed" if wait is None else ""
            await self._told(connection, "handover_not_taken", failed, became, name)
        log.warning(
            "handover.not_taken",
            partner=name,
            status=answer.status,
            problem=answer.problem,
            attempts=attempts,
            given_up=wait is None,
        )
        return False

    async def _told(
        self,
        connection: Connection,
        statement: str,
        given: tuple[object, ...],
        became: str,
        partner: str,
    ) -> None:
        """What came of it, and a line in the ticket's thread if that changed its state."""
        ticket = await connection.fetchval(SQL[statement], *given)
        if ticket is not None and became:
            told = (ticket, SYSTEM, "waiting", became, partner, self.clock())
            await note_on_ticket(connection, *told)

    async def _withhold(
        self,
        connection: Connection,
        partner: Mapping[str, Any],
        due: Mapping[str, Any],
        error: MayNotLeave,
    ) -> None:
        given = (due["id"], error.why.value)
        await self._told(connection, "handover_withheld", given, "failed", partner["name"])
        log.warning("handover.withheld", partner=partner["name"], why=error.why.value)
