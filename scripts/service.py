"""The composition root: builds the parts, introduces them to one another, runs them."""

import asyncio
import signal
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import structlog
from prometheus_client import Gauge

from config import logs
from config.documents import stamp
from config.prompts import Catalogue, load_durations
from config.settings import Settings
from ivr.ami import Ami, AmiAddress, AmiError
from ivr.calls import Calls
from ivr.conversation import World
from ivr.deaf_phones import DeafPhones
from ivr.fallback import FallbackSpool
from ivr.flows import Flows
from ivr.ids import call_id
from ivr.journal import Journal
from ivr.live_view import LiveView
from ivr.messages import MessageFolder
from ivr.numbers import TicketNumbers
from ivr.pins import TicketPins
from ivr.ports import DeskAway
from ivr.presence import keep_up
from ivr.provisioning import Provisioning
from ivr.recovery import Recovery
from ivr.ringing import Ringing
from ivr.spool import Spool
from ivr.switchboard import Switchboard
from ivr.training_book import TrainingBook
from scripts import agents_side, http, introducer, live, queue_side, whatsapp_side
from scripts.line_hours import LineHours
from scripts.phone_desk import PhoneAgents, PhoneDesk
from scripts.phone_door import PhoneDoor
from scripts.recording_store import recordings
from scripts.rounds import every, for_ever
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.store import Store

log = structlog.get_logger()

FILES_EVERY = 2.0
"""Seconds between two looks at the files that may change while the service runs."""
DESK_EVERY = 2.0
"""Seconds between two looks at the desk for closures, and for numbers when few are left."""
AGENTS_EVERY = 5.0
"""Seconds between two lists of all members of the queues."""
RECONCILE_EVERY = 30.0
PUBLISH_EVERY = 3600.0
LAST_FACTS = 3.0
"""Seconds that the journal has at the end for what is still in memory."""


class Service:
    """One service, of one PBX. Raises `ConfigError` when its settings are not good."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        files = settings.files
        self._hours = LineHours(settings)
        self._flows = Flows(
            files.flows / f"{settings.flow}.yaml",
            Catalogue.load(files.prompts).ids,
            settings.state / "flows",
        )
        self._store = Store(
            settings.database_url().get_secret_value(), settings.database.connections_max
        )
        pin_key = settings.pin_key().get_secret_value().encode()
        deadlines = Deadlines(
            self._hours,
            settings.deadlines.first_response,
            {str(name): days for name, days in settings.deadlines.categories.items()},
        )
        abandoned_after = timedelta(seconds=settings.callbacks.abandoned_seconds)
        self._desk = PhoneDesk(
            PostgresDesk(self._store, deadlines, pin_key, abandoned_after=abandoned_after)
        )
        self._journal = Journal(self._desk, Spool(files.spool))
        self._numbers = TicketNumbers(files.numbers, self._hours.now)
        store = recordings(settings)
        self._messages = MessageFolder(files.messages, store, self._journal, self._hours.now)
        self._fallback = FallbackSpool(
            files.fallback.parent, settings.pbx.name, self._hours, store, self._journal
        )
        durations = load_durations(files.sounds / "durations.json")
        self._ami = Ami(
            AmiAddress(settings.pbx.host, settings.pbx.port, _tls(settings)),
            settings.pbx.user,
            settings.pbx_secret().get_secret_value(),
        )
        self._provisioning = Provisioning(settings, self._ami, PhoneAgents(self._store))
        self._agents = agents_side.make(
            settings,
            self._ami,
            self._store,
            self._hours,
            self._journal,
            self._provisioning,
            self._ask_desk,
            durations,
        )
        self._queues = queue_side.make(
            settings,
            self._ami,
            self._store,
            self._hours,
            self._journal,
            self._provisioning,
            self._agents.presence.members,
        )
        self._view = LiveView(
            self._ami, self._agents, self._queues.board, Ringing(self._ami, self._hours.now)
        )
        self._introductions = introducer.make(
            settings, self._ami, self._agents.presence, self._hours, self._journal
        )
        self._door = PhoneDoor(
            settings, self._agents, self._queues.board, self._view, self._introductions
        )
        self._deaf_phones = DeafPhones(self._ami)
        board = Switchboard(
            pbx=settings.pbx.name,
            world=World(
                desk=self._desk,
                hours=self._hours,
                teller=self._journal,
                numbers=self._numbers,
                pins=TicketPins(pin_key),
                messages=self._messages,
                open_hours=self._hours.week,
                queues=self._queues.for_calls,
                slots=self._queues.slots,
                trainings=TrainingBook(self._desk, self._hours.now),
            ),
            flow=self._flows.of,
            messages=self._messages,
            stays=self._queues.stays,
            pbx_messages=PurePosixPath(settings.pbx.messages),
            durations=durations,
            language=settings.languages[0],
        )
        self._recovery = Recovery(self._ami, board)
        self._served_without_us = asyncio.Event()
        self._desk_away = ""
        """Why, and what to do; empty while the desk is there."""
        self._calls = Calls(
            self._ami,
            board,
            orphaned=self._recovery.adopt_soon,
            served_without_us=self._served_without_us.set,
        )
        self._ami.on_up.append(self._agents.presence.reconcile)
        self._ami.on_up.append(self._take_up)

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Calls in progress stay on the PBX for the next start."""
        self._watch_gauges()
        self._hours.publish()
        runner = await http.serve(
            self._settings.http.host,
            self._settings.http.port,
            self._report,
            lambda: live.view(self._ami, self._agents),
            self._door.routes(),
        )
        log.info("service.started", flow=str(self._flows.current), pbx=self._settings.pbx.name)
        writer = asyncio.create_task(self._journal.run())
        watchers = [asyncio.create_task(for_ever(work)) for work in self._watchers()]
        await _told_to_stop()
        for task in watchers:
            task.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        await self._calls.close()
        await self._last_facts(writer)
        await runner.cleanup()
        await self._store.close()
        log.info("service.stopped", spooled=self._journal.depth)

    def _watchers(self) -> list[Callable[[], Awaitable[None]]]:
        files = self._settings.files
        flow = files.flows / f"{self._settings.flow}.yaml"
        return [
            self._ami.run,
            self._provisioning.run,
            partial(keep_up, self._agents.presence, self._ami, AGENTS_EVERY),
            *self._queues.watchers(),
            self._view.run,
            self._introductions.run,
            partial(_on_change, flow, self._flows.reload),
            partial(_on_change, files.calendar, self._hours.reload),
            partial(every, PUBLISH_EVERY, self._publish),
            partial(every, DESK_EVERY, self._ask_desk),
            partial(every, RECONCILE_EVERY, self._reconcile),
            partial(every, 0, self._import_fallbacks),
        ]

    async def _take_up(self) -> None:
        """After each login: what stands in the menu, then what happened while we were away."""
        await self._recovery.recover(self._calls)
        await self._reconcile()

    async def _import_fallbacks(self) -> None:
        """As soon as the PBX alone has ended a call."""
        await self._served_without_us.wait()
        self._served_without_us.clear()
        await self._queues.take_in(self._alive)
        await self._fallback.take_in(self._alive)

    async def _reconcile(self) -> None:
        """What nobody took in: messages, calls that the PBX took alone, rows without an end."""
        await self._sweep_messages()
        again = True
        while again:
            before = await self._alive()
            await self._queues.take_in(self._alive)
            await self._fallback.take_in(self._alive)
            again = before is not None and await self._close_rows(before)

    async def _close_rows(self, before: set[str]) -> bool:
        """Whether another round is needed: `Recovery.reconcile`."""
        # While facts wait, a row can seem open whose end is on its way.
        if not self._ami.connected or self._journal.depth:
            return False
        try:
            return await self._recovery.reconcile(self._calls, before)
        except (AmiError, DeskAway) as error:
            log.info("recovery.postponed", reason=str(error))
            return False

    async def _sweep_messages(self) -> None:
        """Left by a crash, or because the disk was full when they were to be stored."""
        alive = await self._alive()
        if alive is not None:
            mine = {call_id(self._settings.pbx.name, uniqueid) for uniqueid in alive}
            await self._messages.sweep(mine | self._calls.ids)

    async def _alive(self) -> set[str] | None:
        """The channels there are, and those whose end we are just telling ourselves."""
        try:
            channels = {event.get("Uniqueid") for event in await self._recovery.channels()}
        except AmiError:
            return None
        return channels | self._calls.uniqueids

    async def _ask_desk(self) -> None:
        try:
            self._hours.close_by(await self._desk.closures())
            await self._numbers.refill(self._desk)
            self._notice_desk("")
        except DeskAway as away:
            self._notice_desk(str(away))
        except OSError as error:
            log.error("service.disk", reason=str(error), remedy="free the disk of the state folder")

    def _notice_desk(self, away: str) -> None:
        """Told once, and also when nobody calls: at the start above all."""
        if away and away != self._desk_away:
            log.warning("desk.away", reason=away, remedy="calls are served, facts go to the spool")
        elif self._desk_away and not away:
            log.info("desk.back", spooled=self._journal.depth)
        self._desk_away = away

    async def _publish(self) -> None:
        self._hours.publish()
        self._fallback.prune()

    async def _last_facts(self, writer: "asyncio.Task[None]") -> None:
        try:
            async with asyncio.timeout(LAST_FACTS):
                await self._journal.drained()
        except TimeoutError:
            log.error("journal.lost", facts=self._journal.depth, remedy="see the disk's state")
        writer.cancel()

    def _report(self) -> Mapping[str, Any]:
        return {
            "ready": self._ami.connected,
            "pbx": "up" if self._ami.connected else "down",
            "database": "away" if self._desk_away or self._journal.away else "up",
            "spooled": self._journal.depth,
            "calls": len(self._calls.ids),
            "flow": str(self._flows.current),
            "numbers": self._numbers.left,
        }

    def _watch_gauges(self) -> None:
        for name, text, value in (
            ("saluran_spool_depth", "Facts not in PostgreSQL yet", lambda: self._journal.depth),
            ("saluran_ami_lag_seconds", "Round trip to the PBX", lambda: self._ami.lag or 0.0),
            ("saluran_ami_up", "Whether the link is up", lambda: float(self._ami.connected)),
            ("saluran_pool_connections", "Open to PostgreSQL", lambda: self._store.size),
            ("saluran_pool_idle", "Of them unused", lambda: self._store.idle),
        ):
            Gauge(name, text).set_function(value)


async def run(settings: Settings) -> None:
    """Build the service of these settings and run it to its end."""
    logs.set_up(settings.log.format, settings.log.level)
    whatsapp_side.switch(settings)
    await Service(settings).run()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if not settings.pbx.tls:
        return None
    return ssl.create_default_context(cafile=settings.pbx.ca_file)


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, stop.set)
    await stop.wait()


async def _on_change(path: Path, changed: Callable[[], None]) -> None:
    seen = stamp(path)
    while True:
        await asyncio.sleep(FILES_EVERY)
        now = stamp(path)
        if now and now != seen:
            seen = now
            changed()
