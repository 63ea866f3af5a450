"""One signed request to a program of others, and what came of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import random
from uuid import UUID

import aiohttp

from tickets.webhook_wire import SecretLost, Secrets, leads_to, signed

GONE = 410
"""By which a receiver says that it wants nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long who waits, and for what."""

    answer: float = 10.0
    """Seconds that a receiver has for its whole answer."""
    first: float = 5.0
    """Seconds after a first failure; four times as long after each."""
    longest: float = 3600.0
    attempts: int = 30
    """Of an event; then it has failed, and can be replayed."""
    give_up: timedelta = timedelta(days=3)
    """A webhook that took nothing for so long is disabled."""
    kept: timedelta = timedelta(days=30)
    """Events older than that cannot be replayed any more."""
    idle: float = 1.0
    """Seconds between two looks whether something is due."""

    def after(self, attempts: int) -> timedelta | None:
        """How long to wait after so many failures; None for ever."""
        if attempts >= self.attempts:
            return None
        wait = min(self.longest, self.first * 4.0 ** min(attempts - 1, 20))
        return timedelta(seconds=wait * (0.8 + 0.4 * random()))


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when there was none."""

    status: int | None
    problem: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def session(patience: Patience) -> aiohttp.ClientSession:
    """To ask with: without cookies, proxies of the environment, or anything unpacked."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=patience.answer),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        headers={"User-Agent": "Saluran"},
    )


@dataclass(frozen=True, slots=True)
class Poster:
    """Asks only sites that the settings name, with secrets of the installation's key."""

    secrets: Secrets
    origins: frozenset[str]
    wall: Callable[[], float] = time.time

    async def post(
        self, http: aiohttp.ClientSession, url: str, kept: bytes, event: UUID, body: bytes
    ) -> Answer:
        """`kept` is the secret as it is kept. What can never be sent is answered as `GONE`."""
        # The settings may have changed since it was made.
        if not leads_to(url, self.origins):
            return Answer(GONE, "its site is in `webhooks.origins` no more")
        try:
            secret = self.secrets.read(kept)
        except SecretLost as error:
            return Answer(GONE, str(error))
        headers = {"Content-Type": "application/json"}
        headers |= signed(secret, str(event), int(self.wall()), body)
        try:
            async with http.post(url, data=body, headers=headers, allow_redirects=False) as reply:
                # What it says besides is nobody's business, however long it may be.
                status = reply.status
                reply.close()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # TimeoutError is an OSError.
            return Answer(None, type(error).__name__)
        return Answer(status, "" if 200 <= status < 300 else f"it answered {status}")
