"""The dialler as a process of its own, beside the real PBX and PostgreSQL: it can be killed."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.queues import load_queues
from config.settings import load_settings
from ivr.ami import Ami, AmiAddress, AmiError
from ivr.journal import Journal
from ivr.spool import Spool
from scripts import dialler
from scripts.line_hours import LineHours
from scripts.phone_desk import PhoneCallbacks, PhoneDesk
from tickets.callbacks import Callbacks as CallbackRows
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.store import Store

LOOK_EVERY = 0.1
HERE = {"1", "2", "3", "6", "7", "8"}
"""Device states of a member whose phone is there."""


@dataclass(frozen=True)
class Seen:
    """Someone in a queue."""

    channel: str
    since: datetime
    priority: int


class AskedBoard:
    """The queues as the PBX tells them, asked again and again."""

    def __init__(self, ami: Ami) -> None:
        self._ami = ami
        self.sure = False
        self._waiting: dict[str, list[Seen]] = {}
        self._reachable: dict[str, int] = {}

    def waiting(self, queue: str) -> list[Seen]:
        return self._waiting.get(queue, [])

    def reachable(self, queue: str) -> int:
        return self._reachable.get(queue, 0)

    async def run(self) -> None:
        while True:
            with contextlib.suppress(AmiError):
                await self._ask()
            await asyncio.sleep(LOOK_EVERY)

    async def _ask(self) -> None:
        told = await self._ami.collect("QueueStatus", "QueueStatusComplete")
        waiting: dict[str, list[Seen]] = {}
        reachable: dict[str, int] = {}
        for event in told:
            queue = event.get("Queue")
            if event.name == "QueueEntry":
                waiting.setdefault(queue, []).append(await self._seen(event))
            elif event.name == "QueueMember" and event.get("Status") in HERE:
                reachable[queue] = reachable.get(queue, 0) + 1
        self._waiting, self._reachable, self.sure = waiting, reachable, True

    async def _seen(self, event: Any) -> Seen:
        channel = event.get("Channel")
        since = await self._ami.ask("Getvar", Channel=channel, Variable="IVR_SINCE")
        return Seen(
            channel,
            datetime.fromtimestamp(float(since.get("Value") or 0), UTC),
            int(event.get("Priority") or 0),
        )


async def main(state: Path) -> None:
    settings = load_settings(state)
    hours = LineHours(settings)
    store = Store(settings.database_url().get_secret_value(), 5)
    deadlines = Deadlines(
        hours,
        settings.deadlines.first_response,
        {str(name): days for name, days in settings.deadlines.categories.items()},
    )
    key = settings.pin_key().get_secret_value().encode()
    journal = Journal(PhoneDesk(PostgresDesk(store, deadlines, key)), Spool(settings.files.spool))
    ami = Ami(
        AmiAddress(settings.pbx.host, settings.pbx.port),
        settings.pbx.user,
        settings.pbx_secret().get_secret_value(),
    )
    queues = load_queues(settings.files.queues)
    board = AskedBoard(ami)
    desk = PhoneCallbacks(CallbackRows(store, hours.now), lambda: queues)
    callbacks = dialler.make(settings, ami, board, desk, hours, journal)
    parts: list[Callable[[], Coroutine[Any, Any, None]]] = [
        ami.run,
        board.run,
        journal.run,
        callbacks.run,
    ]
    await asyncio.gather(*(part() for part in parts))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
