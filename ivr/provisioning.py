"""Keeps the PBX's queues and agents' phones in step with `queues.yaml` and the table `agent`.

The files are the PBX's own: it works from them while the service and PostgreSQL are away.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from config.documents import ConfigError, stamp
from config.queues import Queues, load_queues
from config.settings import Settings
from ivr.ami import Ami, AmiError
from ivr.pbx_files import pjsip_conf, queues_conf
from ivr.ports import DeskAway
from ivr.ports_queue import Agent

log = structlog.get_logger()

EVERY = 2.0
"""Seconds between two looks."""
QUEUES_FILE, PHONES_FILE = "queues_saluran.conf", "pjsip_agents.conf"


class Provisioning:
    """Publishes, and has the PBX read anew what changed. Raises `ConfigError` for bad queues."""

    def __init__(
        self, settings: Settings, ami: Ami, agents: Callable[[], Awaitable[Sequence[Agent]]]
    ) -> None:
        """`agents` may raise `DeskAway`: then nothing changes."""
        self._settings = settings
        self._ami = ami
        self._agents = agents
        self._queues = load_queues(settings.files.queues)
        self._stamp = stamp(settings.files.queues)
        self.agents: Sequence[Agent] | None = None
        """Those who may take calls, as the desk told last; None before it did."""
        self._stale = {QUEUES_FILE, PHONES_FILE}
        """What the PBX may not have read as it is now: at first that is not known."""

    @property
    def queues(self) -> Queues:
        """The queues as they hold now."""
        return self._queues

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Publish what changed, and have the PBX read it."""
        self._read_queues()
        try:
            agents = self.agents = await self._agents()
            self._stale |= publish(self._settings, self._queues, agents)
        except DeskAway:
            pass  # The journal tells it; the PBX works from its files.
        except OSError as error:
            log.error("pbx_files.not_written", reason=str(error), remedy="check disk and rights")
        if self._stale and self._ami.connected:
            await self._have_read()

    def _read_queues(self) -> None:
        path = self._settings.files.queues
        found = stamp(path)
        if found == self._stamp:
            return
        self._stamp = found
        try:
            self._queues = load_queues(path)
        except ConfigError as error:
            log.error("queues.refused", problems=str(error), remedy="correct the file")
        else:
            log.info("queues.loaded", queues=len(self._queues))

    async def _have_read(self) -> None:
        try:
            for name in sorted(self._stale):
                await self._reload(name)
                self._stale.discard(name)
                log.info("pbx_files.reloaded", file=name)
        except AmiError as error:
            log.warning("pbx_files.not_reloaded", reason=str(error))

    async def _reload(self, name: str) -> None:
        if name == QUEUES_FILE:
            # Parameters alone: neither members nor figures of the queues are touched.
            await self._ami.ask("QueueReload", Parameters="yes")
        else:
            await self._ami.ask("Reload", Module="res_pjsip.so")


def publish(settings: Settings, queues: Queues, agents: Sequence[Agent]) -> set[str]:
    """Write both files; the names of those that changed. Raises OSError."""
    folder = settings.files.pbx_config
    texts = {
        QUEUES_FILE: queues_conf(queues, agents),
        PHONES_FILE: pjsip_conf(agents, settings.phones),
    }
    return {name for name, text in texts.items() if _write(folder / name, text)}


def _write(path: Path, text: str) -> bool:
    """Replace the file whole unless it says this already; its group, the PBX, may read it."""
    try:
        if path.read_text(encoding="utf-8") == text:
            return False
    except FileNotFoundError:
        pass
    beside = path.with_name(f".{path.name}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return True
