"""Sends what is queued for WhatsApp, within its limits, and never anything twice.

The API knows no key that would make a repetition harmless. So a row is `sending` before the
request, and where no answer came (a crash, a cut connection) it stays so until its status tells,
which carries our id; where none does, it has failed as uncertain, and a person decides.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from config.whatsapp_templates import Template
from tickets.queries import SQL
from tickets.rounds import went_on
from tickets.store import Store
from tickets.whatsapp.cloud import CLOSED, Answer, Cloud, Outcome, body_of
from tickets.whatsapp.sending import is_open

log = structlog.get_logger()

SHARE = 0.95
"""Of the rate that is allowed: the rest is for the few that may go at once."""
GONE = "uncertain"
"""The error of what was perhaps sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is allowed, and how long who waits."""

    per_second: float = 80.0
    pair: timedelta = timedelta(seconds=6)
    pair_burst: int = 10
    answer: float = 15.0
    """Seconds that the API has for its whole answer."""
    uncertain: timedelta = timedelta(minutes=2)
    """So long the status of what got no answer is waited for."""
    give_up: timedelta = timedelta(hours=24)
    idle: float = 0.25
    """Seconds between two looks whether something is due."""

    @property
    def step(self) -> float:
        """Seconds from one message to the next."""
        return 1 / (self.per_second * SHARE)

    def budget(self, ahead: float) -> int:
        """How many may go now, when the next one's time is so many seconds ahead."""
        at_once = max(1, int(self.per_second * (1 - SHARE)))
        return max(0, int((at_once * self.step - ahead) / self.step + 1e-6))


@dataclass
class Sender:
    """Run it with `run`; it never ends by an error. Several desks may run one each."""

    store: Store
    cloud: Cloud
    templates: Mapping[str, Template]
    clock: Callable[[], datetime]
    limits: Limits = Limits()
    workers: int = 8

    async def run(self) -> None:
        async with self.session() as http, asyncio.TaskGroup() as group:
            for _ in range(self.workers):
                group.create_task(self._forever(lambda: self.once(http)))
            group.create_task(self._forever(self.take_statuses))
            group.create_task(self._forever(self.give_up_uncertain))

    def session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.limits.answer),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            headers={"User-Agent": "Saluran"},
        )

    async def once(self, http: aiohttp.ClientSession) -> bool:
        """Send what may go now; whether there was any. Raises StoreAway."""
        async with self.store.connection() as connection, connection.transaction():
            ahead = await connection.fetchval(SQL["whatsapp_pace"])
            budget = self.limits.budget(ahead)
            if not budget:
                return False
            rows = await connection.fetch(
                SQL["claim_whatsapp"],
                budget,
                self.limits.pair,
                self.limits.pair * (self.limits.pair_burst - 1),
                timedelta(seconds=self.limits.answer) + self.limits.uncertain,
                timedelta(seconds=self.limits.step),
            )
        await asyncio.gather(*(self._send(http, _read(row)) for row in rows))
        return bool(rows)

    async def take_statuses(self) -> bool:
        """What was told of messages; whether there was any. Raises StoreAway."""
        async with self.store.connection() as connection:
            return bool(await connection.fetch(SQL["take_whatsapp_statuses"]))

    async def give_up_uncertain(self) -> bool:
        """Raises StoreAway."""
        async with self.store.connection() as connection:
            found = await connection.fetch(SQL["give_up_uncertain"], self.clock())
        for row in found:
            log.error(
                "whatsapp.uncertain",
                message=str(row["id"]),
                remedy="look at its ticket, and send it again if it was not answered",
            )
        return bool(found)

    async def _send(self, http: aiohttp.ClientSession, message: dict[str, Any]) -> None:
        if message["kind"] == "template":
            if not message["agreed"]:
                return await self._over(message, "cancelled", None, "withdrawn")
            template = self.templates.get(message["template"])
            if template is None or not set(template.places) <= message["template_values"].keys():
                return await self._over(message, "failed", None, "its template is there no more")
            message["places"] = template.places
        elif not is_open(message["last_in_at"], self.clock()):
            # It was open when this was written; the API would only say the same, later.
            return await self._over(message, "failed", CLOSED, "the 24 hours are over")
        if message["age"] > self.limits.give_up:
            return await self._over(message, "failed", None, "it could not be sent for too long")
        answer = await self.cloud.send(http, body_of(message))
        return await self._settle(message, answer)

    async def _settle(self, message: Mapping[str, Any], answer: Answer) -> None:
        id_, tries = message["id"], message["tries"]
        async with self.store.connection() as connection:
            match answer.outcome:
                case Outcome.ACCEPTED:
                    took = SQL["whatsapp_accepted"]
                    await connection.execute(took, id_, answer.wamid, self.clock())
                    return
                case Outcome.UNCERTAIN:
                    held = SQL["whatsapp_uncertain"]
                    await connection.execute(held, id_, self.limits.uncertain, answer.problem)
                case Outcome.REFUSED:
                    await connection.execute(
                        SQL["whatsapp_over"],
                        id_,
                        "failed",
                        self.clock(),
                        answer.code,
                        answer.problem,
                    )
                case _:
                    wait = answer.wait(tries)
                    everybody = (Outcome.THROTTLED, Outcome.ACCOUNT)
                    await connection.execute(
                        SQL["whatsapp_again"],
                        id_,
                        wait,
                        answer.code,
                        answer.problem,
                        wait if answer.outcome is Outcome.PAIR else None,
                        min(wait, timedelta(minutes=1)) if answer.outcome in everybody else None,
                    )
        tell = log.error if answer.outcome is Outcome.ACCOUNT else log.warning
        tell(
            "whatsapp.not_sent",
            message=str(id_),
            outcome=answer.outcome,
            code=answer.code,
            problem=answer.problem,
            tries=tries,
        )

    async def _over(
        self, message: Mapping[str, Any], state: str, code: int | None, why: str
    ) -> None:
        async with self.store.connection() as connection:
            given = (message["id"], state, self.clock(), code, why)
            await connection.execute(SQL["whatsapp_over"], *given)
        log.warning("whatsapp.not_sent", message=str(message["id"]), outcome=state, problem=why)

    async def _forever(self, work: Callable[[], Any]) -> None:
        while True:
            if not await went_on("whatsapp", work):
                await asyncio.sleep(self.limits.idle)


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    message = dict(row)
    for name in ("content", "template_values"):
        message[name] = json.loads(message[name]) if message[name] else {}
    return message
