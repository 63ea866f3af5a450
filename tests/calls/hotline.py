"""The whole hotline for tests: real Asterisk and PostgreSQL, and the service at a chosen time."""

import asyncio
import json
import signal
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.speech import WIB
from scripts.embedded import privileges
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options

OPEN = "2026-11-25 10:00"
"""A Wednesday within the hours: when a test calls that does not care."""
NEAR = timedelta(minutes=20)
"""A clock so near to the one asked for is left as it is, so that tests need not wait."""


class Hotline:
    """A running installation; its service is started when somebody asks for a time."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._changing = asyncio.Lock()

    async def serves(self, at: str = OPEN, hours: str = "office", **settings: Any) -> None:
        """Have the service up with its clock at `at` (WIB), ticking on from there."""
        wanted = datetime.fromisoformat(at).replace(tzinfo=WIB)
        async with self._changing:
            if not self._is(wanted, hours, settings):
                await self.stops_service()
                self.installation.change(self._options(wanted, hours, settings))
                await self.starts_service()

    def _options(self, wanted: datetime, hours: str, settings: dict[str, Any]) -> Options:
        offset = (wanted - datetime.now(UTC)).total_seconds()
        options = self.installation.options
        return replace(options, hours=hours, clock_offset=offset, settings=settings)

    async def starts_service(self) -> None:
        await asyncio.to_thread(self.installation.start_service)

    async def stops_service(self, how: signal.Signals = signal.SIGTERM) -> None:
        await asyncio.to_thread(self.installation.stop_service, how)

    async def stops_postgres(self) -> None:
        await asyncio.to_thread(self.installation.stop_postgres)

    async def starts_postgres(self) -> None:
        await asyncio.to_thread(self.installation.start_postgres)

    def now(self) -> datetime:
        """The service's idea of now."""
        return datetime.now(UTC) + timedelta(seconds=self.installation.options.clock_offset)

    async def report(self) -> dict[str, Any]:
        """What the service says of itself at `/readyz`."""
        found: dict[str, Any] = json.loads(await asyncio.to_thread(self._get, "/readyz"))
        return found

    async def live(self) -> dict[str, Any]:
        """Who works and who waits now, as the service tells it; nobody while the PBX is away."""
        try:
            told: dict[str, Any] = json.loads(await asyncio.to_thread(self._get, "/live"))
        except urllib.error.HTTPError:
            return {"agents": [], "waiting": []}
        return told

    async def agent_is(self, extension: str) -> str:
        """`ready`, or `paused salat`, and so on."""
        for one in (await self.live())["agents"]:
            if one["agent"] == extension:
                return f"{one['state']} {one['reason']}".strip()
        return "unknown"

    async def until(self, **wanted: Any) -> None:
        """Wait until the service reports these values, e.g. `spooled=0`."""
        async with asyncio.timeout(30):
            while True:
                if wanted.items() <= (await self.report()).items():
                    return
                await asyncio.sleep(0.1)

    async def audit(self) -> dict[str, Any]:
        """`saluran audit`: Asterisk's records against the rows of calls."""
        told: dict[str, Any] = json.loads(await self.runs("audit", "--json"))
        return told

    async def runs(self, *words: str) -> str:
        """What a `saluran` command on this installation prints."""
        command = [*self.installation.saluran(words[0]), *words[1:]]
        process = await asyncio.create_subprocess_exec(
            *privileges.entry(self.installation.state.folder),
            *command,
            stdout=asyncio.subprocess.PIPE,
            cwd=privileges.CHECKOUT,
        )
        said, _ = await process.communicate()
        return said.decode()

    async def has_fitted(self) -> None:
        """Wait until the service has brought who was logged in at its start to their skills."""
        async with asyncio.timeout(30):
            while "agents.fitted" not in self.log().rpartition("service.started")[2]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def log(self) -> str:
        """All that the service has written."""
        return self.installation.state.log("service").read_text(encoding="utf-8")

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.installation.endpoints['http']}{path}") as answer:  # noqa: S310
            body: bytes = answer.read()
            return body

    def _is(self, wanted: datetime, hours: str, settings: dict[str, Any]) -> bool:
        options = self.installation.options
        return (
            "service" in self.installation.pids
            and (options.hours, dict(options.settings)) == (hours, settings)
            and abs(self.now() - wanted) < NEAR
        )


def start(folder: Path, options: Options | None = None) -> Hotline:
    """A PBX and a migrated database in `folder`; the prompts are the line's own."""
    installation = Installation(folder, options)
    installation.prepare()
    installation.start_postgres()
    installation.migrate()
    installation.start_asterisk()
    return Hotline(installation)
