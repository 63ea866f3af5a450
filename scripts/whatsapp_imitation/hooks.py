"""Webhooks: signed over their bytes, tried until they are taken, and spoilt as was asked for."""

import asyncio
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import aiohttp
import structlog

from scripts.whatsapp_imitation.faults import Faults

log = structlog.get_logger()

SIGNATURE = "X-Hub-Signature-256"
LONGEST = 60.0
"""Seconds between two tries; the real ones go on for seven days, and so do these while it runs."""


def signed(secret: str, body: bytes) -> Mapping[str, str]:
    digest = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return {"Content-Type": "application/json", SIGNATURE: f"sha256={digest}"}


@dataclass
class Hooks:
    """To one address. `answers` has the status of each try, for who wants to know."""

    url: str
    secret: str
    verify_token: str
    faults: Faults
    first: float = 0.5
    """Seconds after a first failure; twice as long after each."""
    answers: list[int] = field(default_factory=list)
    _held: list[bytes] = field(default_factory=list)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def verify(self, http: aiohttp.ClientSession) -> bool:
        """As when the address is entered in the app's dashboard."""
        challenge = uuid4().hex
        asked = {
            "hub.mode": "subscribe",
            "hub.verify_token": self.verify_token,
            "hub.challenge": challenge,
        }
        async with http.get(self.url, params=asked) as answer:
            return answer.status == 200 and await answer.text() == challenge

    async def tell(self, http: aiohttp.ClientSession, payload: Mapping[str, Any]) -> None:
        """Return when it was taken the first time, or at once where it has to wait."""
        body = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode()
        if self.faults.hold:
            self._held.append(body)
            return
        if self.faults.delay:
            self._later(self._after(http, body, self.faults.delay))
            return
        await self._deliver(http, body)

    async def release(self, http: aiohttp.ClientSession) -> None:
        """What was held comes, newest first."""
        self.faults.hold = False
        held, self._held = self._held, []
        for body in reversed(held):
            await self._deliver(http, body)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _deliver(self, http: aiohttp.ClientSession, body: bytes) -> None:
        if self.faults.takes("bad_signature"):
            await self._post(http, body, "another secret")
        for _ in range(2 if self.faults.duplicate else 1):
            if not await self._post(http, body, self.secret):
                self._later(self._again(http, body))

    async def _again(self, http: aiohttp.ClientSession, body: bytes) -> None:
        for failures in count():
            await asyncio.sleep(min(LONGEST, self.first * 2 ** min(failures, 10)))
            if await self._post(http, body, self.secret):
                return

    async def _after(self, http: aiohttp.ClientSession, body: bytes, wait: float) -> None:
        await asyncio.sleep(wait)
        await self._deliver(http, body)

    async def _post(self, http: aiohttp.ClientSession, body: bytes, secret: str) -> bool:
        try:
            async with http.post(self.url, data=body, headers=signed(secret, body)) as answer:
                self.answers.append(answer.status)
                taken = answer.status == 200
        except (aiohttp.ClientError, OSError) as error:
            log.info("webhook.not_taken", reason=type(error).__name__)
            return False
        if not taken:
            log.info("webhook.not_taken", status=answer.status)
        return taken

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
