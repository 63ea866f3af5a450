"""The desk's link to the service: fits `tickets.phone_side.PhoneSide`."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import structlog

from config.documents import ConfigError
from config.settings import Settings
from tickets.errors import Unacceptable
from tickets.phone_side import (
    AgentNow,
    AgentUnknown,
    PhoneAway,
    PhoneRefused,
    Picture,
    QueueNow,
    Stay,
)

log = structlog.get_logger()

AWAY = "the phone service cannot be reached: nothing was changed, try again in a moment"
SILENCE = 5.0
"""Seconds without a sign of life after which the service counts as away."""
PATIENCE = 8.0
"""Seconds for a deed: the service itself confirms or gives up sooner."""
AGAIN = 1.0
LARGEST = 4 * 1024 * 1024
"""Bytes of a picture."""


class PhoneLink:
    """Run it with `run`; it never ends by an error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._address = f"http://{settings.http.host}:{settings.http.port}/phone"
        self._session: aiohttp.ClientSession | None = None
        self._there = False
        self.last: Picture | None = None
        self.on_change: list[Callable[[], None]] = []

    def now(self) -> Picture:
        if self.last is None or not self._there:
            raise PhoneAway(AWAY)
        return self.last

    async def ask(self, extension: str, deed: str, **wish: Any) -> Mapping[str, Any]:
        """Raises PhoneAway, PhoneRefused, AgentUnknown, Unacceptable."""
        address = f"{self._address}/agents/{extension}/{deed}"
        try:
            async with (
                asyncio.timeout(PATIENCE),
                self._opened().post(address, json=wish, headers=self._headers()) as answer,
            ):
                told = await answer.json(content_type=None)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, ConfigError) as error:
            log.warning("phone.away", deed=deed, reason=str(error))
            raise PhoneAway(AWAY) from error
        return _carried_out(status, told)

    async def run(self) -> None:
        """Follow the service's pictures until cancelled."""
        try:
            while True:
                try:
                    await self._follow()
                except (
                    aiohttp.ClientError,
                    OSError,
                    ValueError,
                    KeyError,
                    TypeError,
                    ConfigError,
                ) as error:
                    # TimeoutError is an OSError.
                    log.debug("phone.not_followed", reason=str(error))
                self._set(False)
                await asyncio.sleep(AGAIN)
        finally:
            if self._session is not None:
                await self._session.close()

    async def _follow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE)
        address = f"{self._address}/live"
        async with self._opened().get(
            address, headers=self._headers(), timeout=timeout, read_bufsize=LARGEST
        ) as answer:
            answer.raise_for_status()
            async for line in answer.content:
                self._hear(json.loads(line))

    def _hear(self, told: Mapping[str, Any]) -> None:
        if "away" in told:
            self._set(False)
        elif told:
            self.last = _picture(told)
            self._set(True, changed=True)
        elif self.last is not None and self._there:
            # Nothing has changed, and that is as of now.
            self.last = Picture(
                at=datetime.now(UTC),
                agents=self.last.agents,
                queues=self.last.queues,
                waiting=self.last.waiting,
            )

    def _set(self, there: bool, changed: bool = False) -> None:
        if there != self._there:
            log.info("phone.back" if there else "phone.lost")
        changed = changed or there != self._there
        self._there = there
        if changed:
            for handler in self.on_change:
                handler()

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._settings.desk_key().get_secret_value()}"}

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        return self._session


def _carried_out(status: int, told: Any) -> Mapping[str, Any]:
    if status == 200 and isinstance(told, dict):
        return told
    error = str(told.get("error", "")) if isinstance(told, dict) else ""
    match status:
        case 404:
            raise AgentUnknown(error)
        case 409:
            raise PhoneRefused(error)
        case 422:
            raise Unacceptable(error)
    log.warning("phone.not_done", status=status, reason=error)
    raise PhoneAway(error if status == 503 and error else AWAY)


def _picture(told: Mapping[str, Any]) -> Picture:
    return Picture(
        at=datetime.now(UTC),
        agents=[
            AgentNow(
                extension=one["agent"],
                state=one["state"],
                reason=one["reason"],
                ringing=_stay(one["ringing"]),
                talk=_stay(one["talk"]),
            )
            for one in told["agents"]
        ],
        queues=[
            QueueNow(**one | {"longest_since": _moment(one["longest_since"])})
            for one in told["queues"]
        ],
        waiting=[stay for one in told["waiting"] if (stay := _stay(one))],
    )


def _stay(told: Mapping[str, Any] | None) -> Stay | None:
    if told is None:
        return None
    ids = {name: UUID(told[name]) if told[name] else None for name in ("entry", "call", "callback")}
    return Stay(
        **ids,
        queue=told["queue"],
        since=datetime.fromisoformat(told["since"]),
        priority=told.get("priority", 0),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
