"""Programs of others that are told something: one at a time each, by a signed request."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Any
from uuid import UUID

import aiohttp

from tickets.errors import StoreAway
from tickets.store import Store
from tickets.webhook_wire import SecretLost, Secrets, leads_to, signed

GONE = 410
"""By which a receiver says that it wants nothing more."""
HELD = timedelta(minutes=1)
"""So long a receiver is one desk's from each thing that it is told."""
_RUN = 50
"""Things in a row for one receiver; then others come first."""


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


async def serve_one(
    store: Store,
    claim: str,
    release: str,
    tell_next: Callable[[Mapping[str, Any]], Awaitable[bool]],
) -> bool:
    """Claim a receiver that is owed something, tell it, and let it go; whether there was any.

    `claim` and `release` are statements; `tell_next` says whether to go on with this receiver.
    Raises StoreAway.
    """
    async with store.connection() as connection:
        receiver = await connection.fetchrow(claim, HELD)
    if receiver is None:
        return False
    try:
        for _ in range(_RUN):
            if not await tell_next(receiver):
                break
    finally:
        await asyncio.shield(_let_go(store, release, receiver["id"]))
    return True


async def _let_go(store: Store, release: str, receiver: UUID) -> None:
    try:
        async with store.connection() as connection:
            await connection.execute(release, receiver)
    except StoreAway:
        return  # The hold ends by itself.


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
