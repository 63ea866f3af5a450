"""The condition of an installation for the desk's page: the service's own report, `saluran check`,
versions, and the last backup where the operator's script tells of it."""

import asyncio
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import aiohttp
import asyncpg

from config.settings import Settings
from scripts.check import Finding, check
from tickets.cases.health import Condition, Part
from tickets.errors import StoreAway
from tickets.store import Store

LAST_BACKUP = "last-backup"
"""In the state folder: touched by the script that makes backups, when it is done."""
OLD_BACKUP = timedelta(hours=26)
PATIENCE = 3.0
"""Seconds for the service's report."""
CHECKS_PATIENCE = 20.0
GOOD_FOR = 10.0
"""Seconds for which what was found is told again: many who look make no more work."""
FEW_NUMBERS = 50


class Inspection:
    """One look at a time, however many ask."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._one = asyncio.Lock()
        self._last: tuple[float, Condition] | None = None

    async def __call__(self) -> Condition:
        async with self._one:
            if self._last is None or monotonic() - self._last[0] > GOOD_FOR:
                self._last = (monotonic(), await self._look())
            return self._last[1]

    async def _look(self) -> Condition:
        service, findings, versions = await asyncio.gather(
            self._service(), self._findings(), self._versions()
        )
        parts = [*service, *findings, self._backup(), *versions]
        return Condition(at=self._settings.clock.now(), parts=parts)

    async def _service(self) -> list[Part]:
        """As `/readyz` tells, with 503 while calls are not taken."""
        http = self._settings.http
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
                session.get(f"http://{http.host}:{http.port}/readyz") as answer,
            ):
                return list(_of_service(await answer.json()))
        except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
            # TimeoutError is an OSError.
            where = {"where": f"{http.host}:{http.port}"}
            return [Part(subject="service", level="bad", key="service_away", values=where)]

    async def _findings(self) -> list[Part]:
        """All that `saluran check` finds; the database's is the desk's own as well."""
        try:
            async with asyncio.timeout(CHECKS_PATIENCE):
                # Files are read meanwhile: not on the loop that serves everybody.
                found = await asyncio.to_thread(asyncio.run, _checked(self._settings))
        except TimeoutError:
            return [Part(subject="check", level="unknown", key="check_slow")]
        return [_part(finding) for finding in found]

    async def _versions(self) -> list[Part]:
        values = {"python": platform.python_version()}
        try:
            async with self._store.connection() as connection:
                values["postgres"] = str(await connection.fetchval("SHOW server_version"))
        except (StoreAway, asyncpg.PostgresError):
            values["postgres"] = "?"
        return [Part(subject="versions", level="good", key="versions", values=values)]

    def _backup(self) -> Part:
        file = self._settings.state / LAST_BACKUP
        try:
            made = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except OSError:
            return Part(subject="backup", level="unknown", key="backup_unknown")
        age = datetime.now(UTC) - made
        values = {"hours": str(max(0, int(age.total_seconds() // 3600)))}
        if age > OLD_BACKUP:
            return Part(subject="backup", level="bad", key="backup_old", values=values)
        return Part(subject="backup", level="good", key="backup", values=values)


async def _checked(settings: Settings) -> list[Finding]:
    return [finding async for finding in check(settings)]


def _part(finding: Finding) -> Part:
    return Part(
        subject=finding.subject,
        level="good" if finding.ok else "bad",
        key=f"check_{finding.key}" if finding.key else "",
        values=finding.values,
        found=finding.found,
        remedy=finding.remedy,
    )


def _of_service(told: Mapping[str, Any]) -> Iterator[Part]:
    """Raises KeyError for another program's answer."""
    calls = {"calls": str(told["calls"]), "flow": str(told["flow"])}
    if told["ready"]:
        yield Part(subject="service", level="good", key="service", values=calls)
    else:
        yield Part(subject="service", level="bad", key="service_not_ready", values=calls)
    up = told["pbx"] == "up"
    yield Part(subject="link", level="good" if up else "bad", key="link" if up else "link_down")
    there = told["database"] == "up"
    key = "service_database" if there else "service_database_away"
    yield Part(subject="service_database", level="good" if there else "bad", key=key)
    spooled = {"facts": str(told["spooled"])}
    waits = bool(told["spooled"]) and not there
    key = "spool_waits" if told["spooled"] else "spool"
    yield Part(subject="spool", level="bad" if waits else "good", key=key, values=spooled)
    numbers, few = {"left": str(told["numbers"])}, told["numbers"] < FEW_NUMBERS
    key = "numbers_few" if few else "numbers"
    yield Part(subject="numbers", level="bad" if few else "good", key=key, values=numbers)
