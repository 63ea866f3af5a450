"""What tests of callbacks work with: promises in PostgreSQL, agents' and customers' phones."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from config.settings import CHECKOUT
from ivr.ami import Ami, AmiAddress, AmiRefused
from ivr.ids import new_id
from scripts.embedded import privileges
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from tests.calls.promises import QUEUE, Promise, desk_of, promised
from tests.calls.sip_parties import Leg, Parties, Party
from tickets.desk import PostgresDesk
from tickets.store import Store

AGENTS = ("6001", "6002", "6003")
PATIENCE = 20.0
PHONE = """
[{user}]
type = endpoint
transport = loopback
aors = {user}
context = nowhere
disallow = all
allow = alaw
direct_media = no
media_address = 127.0.0.1
rtp_symmetric = yes
device_state_busy_at = 1
[{user}]
type = aor
contact = sip:{user}@127.0.0.1:{port}
"""
QUEUES = """
[umum]
strategy = rrmemory
timeout = 20
retry = 1
wrapuptime = 0
autofill = yes
ringinuse = no
joinempty = unavailable,invalid,unknown
leavewhenempty = invalid
context = nowhere
"""
CALLER = """
[waiting]
exten => caller,1,Answer()
 same => n,Queue(umum,,,,600)
exten => line,1,Answer()
 same => n,Wait(600)
[saluran-in-trial]
exten => line,1,Answer()
 same => n,Wait(600)
"""


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


@dataclass(frozen=True)
class State:
    """A callback as its row and its attempts tell it."""

    state: str
    due: datetime
    reason: str | None
    results: tuple[str | None, ...]
    """Of its attempts, in order."""


class Dialling:
    """The running PBX and PostgreSQL; the dialler lives and dies as the test says."""

    def __init__(
        self,
        installation: Installation,
        parties: Parties,
        ami: Ami,
        pool: "asyncpg.Pool[Any]",
        desk: PostgresDesk,
    ) -> None:
        self.installation, self.parties, self.ami, self.pool = installation, parties, ami, pool
        self._desk = desk
        self._process: asyncio.subprocess.Process | None = None

    # The dialler

    async def starts(
        self, *, clock: datetime | None = None, port: int | None = None, **settings: Any
    ) -> None:
        """A dialler that follows these settings of `callbacks`.

        With a `clock` it is that time for it now, and it keeps the office's hours. With a `port` it
        reaches the PBX there."""
        file = self.installation.state.settings
        before = json.loads(file.read_text().partition("\n")[2])
        told = before | {
            "pbx": before["pbx"] | {"port": port or self.installation.ports.ami},
            "callbacks": {"ring_seconds": 5, **settings},
            "hours": "office" if clock else "always",
            "clock_offset": (clock - datetime.now(UTC)).total_seconds() if clock else 0.0,
        }
        file.write_text("#\n" + json.dumps(told))
        log = self.installation.state.log("dialler").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.calls.lone_dialler",
            str(self.installation.state.folder),
            cwd=CHECKOUT,
            stdout=log,
            stderr=log,
        )

    async def stops(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process:
            self._process.send_signal(how)
            await self._process.wait()
            self._process = None

    async def has_looked(self) -> None:
        """The dialler has looked at everything that there is now."""
        for phone in ("+6562345678", "+6562345679"):
            await self.becomes(await self.promises(phone=phone), "forbidden")

    async def restarts_pbx(self) -> None:
        """`kill -9` of the PBX, and a new one."""
        await asyncio.to_thread(self.installation.stop_asterisk, signal.SIGKILL)
        await asyncio.to_thread(self.installation.start_asterisk)
        await self.ami.wait_up()

    # Agents and customers

    def agent(self, extension: str = AGENTS[0], **how: Any) -> Party:
        return self.parties.phone(extension, **how)

    def customer(self, promise: Promise, **how: Any) -> Party:
        return self.parties.phone(promise.national, **how)

    async def takes(self, agent: Party, nth: int = 1, key: str = "1") -> Leg:
        """The agent's `nth` call: once they hear the whisper they press a key."""
        leg = await agent.rings(nth)
        async with asyncio.timeout(PATIENCE):
            await leg.hears.wait()
        leg.press(key)
        return leg

    async def answers(self, agent: Party, nth: int, key: str = "1") -> None:
        """Answer the agent's `nth` call, which rings, and press a key into the whisper."""
        leg = await agent.rings(nth)
        await leg.answer()
        async with asyncio.timeout(PATIENCE):
            await leg.hears.wait()
        leg.press(key)

    async def rings_agent_with_a_call(self, agent: Party) -> None:
        """The agent's phone rings for a caller."""
        await self.waits("080000", ago(600))
        await agent.rings()

    async def hangs_up(self, *contexts: str) -> None:
        """Every channel there, or in these contexts alone."""
        for event in await self.ami.collect("Status", "StatusComplete", AllVariables="false"):
            if not contexts or event.get("Context") in contexts:
                with contextlib.suppress(AmiRefused):  # Its other half took it along.
                    await self.ami.ask("Hangup", Channel=event.get("Channel"))

    async def logs_in_again(self, extension: str) -> None:
        """Logged in, whether the PBX has forgotten it or not."""
        with contextlib.suppress(AmiRefused):
            await self.logs_in(extension)

    async def clears(self) -> None:
        """As if nothing had been before: for the next test."""
        await self.stops()
        await self.logs_out_all()
        await self.hangs_up()
        await self.until_queue(lambda names: not names)
        self.parties.all.clear()
        await self.pool.execute(
            "UPDATE callback SET state = 'cancelled', settled_at = now()"
            " WHERE state NOT IN ('done', 'cancelled')"
        )
        for path in (self.installation.state.folder / "pbx/callbacks").iterdir():
            path.unlink()

    async def logs_in(self, *extensions: str) -> None:
        for extension in extensions:
            await self.ami.ask(
                "QueueAdd",
                Queue=QUEUE,
                Interface=f"PJSIP/{extension}",
                MemberName=extension,
                StateInterface=f"PJSIP/{extension}",
            )

    async def logs_out_all(self) -> None:
        for event in await self.ami.collect("QueueStatus", "QueueStatusComplete"):
            if event.name == "QueueMember":
                await self.ami.ask(
                    "QueueRemove", Queue=event.get("Queue"), Interface=event.get("Location")
                )

    async def waits(self, name: str, since: datetime) -> None:
        """A caller stands in the queue."""
        await self.ami.ask(
            "Originate",
            Channel="Local/line@waiting/n",
            Context="waiting",
            Exten="caller",
            Priority="1",
            Async="true",
            CallerID=f"<{name}>",
            Variable=[f"IVR_SINCE={int(since.timestamp())}"],
        )
        await self.until_queue(lambda names: name in names)

    async def until_queue(self, enough: Any) -> list[str]:
        """The caller ids of the queue in order, once that is enough."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if enough(names := await self.queue()):
                    return names
                await asyncio.sleep(0.05)

    async def until_gone(self, context: str) -> None:
        """No channel is in that context any more."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.ami.collect("Status", "StatusComplete", AllVariables="false")
                if all(event.get("Context") != context for event in found):
                    return
                await asyncio.sleep(0.05)

    async def queue(self) -> list[str]:
        told = await self.ami.collect("QueueStatus", "QueueStatusComplete", Queue=QUEUE)
        return [event.get("CallerIDNum") for event in told if event.name == "QueueEntry"]

    async def rings_us(self, number: str) -> None:
        """Somebody is on the hotline."""
        await self.ami.ask(
            "Originate",
            Channel="Local/line@waiting/n",
            Context="saluran-in-trial",
            Exten="line",
            Priority="1",
            CallerID=f"<{number}>",
        )

    # Promises

    async def promises(
        self,
        since: datetime | None = None,
        *,
        phone: str | None = None,
        other: str | None = None,
        priority: int = 0,
        due: datetime | None = None,
        type: str = "next_opening",  # noqa: A002
    ) -> Promise:
        """A callback, due now unless it is said."""
        promise, facts = promised(
            datetime.now(UTC),
            since=since,
            due=due,
            phone=phone,
            other=other,
            priority=priority,
            type=type,
        )
        await self.tells(*facts)
        return promise

    async def tells(self, *facts: dict[str, Any]) -> None:
        await self._desk.apply(facts)

    async def state(self, promise: Promise) -> State:
        row = await self.pool.fetchrow(
            "SELECT state, due, reason FROM callback WHERE id = $1", promise.id
        )
        results = await self.pool.fetch(
            "SELECT result FROM callback_attempt WHERE callback = $1 ORDER BY at, dialled_at",
            promise.id,
        )
        assert row, f"there is no callback {promise.id}"
        return State(
            row["state"], row["due"], row["reason"], tuple(found["result"] for found in results)
        )

    async def becomes(self, promise: Promise, *results: str) -> State:
        """The callback once its attempts have come to these results and none goes on."""
        return await self._until(promise, results, ("claimed", "dialling"))

    async def has_tried(self, promise: Promise, *results: str) -> State:
        """The callback once its attempts have come to these results, whatever goes on."""
        return await self._until(promise, results, ())

    async def _until(
        self, promise: Promise, results: tuple[str, ...], but: tuple[str, ...]
    ) -> State:
        state = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    state = await self.state(promise)
                    if state.results == results and state.state not in but:
                        return state
                    await asyncio.sleep(0.05)
        raise AssertionError(f"not {results}: {state}")

    async def until_claimed(self, promise: Promise) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                if (await self.state(promise)).state == "claimed":
                    return
                await asyncio.sleep(0.05)

    async def cancels(self, promise: Promise) -> None:
        await self.tells(
            {
                "kind": "callback_cancelled",
                "id": str(new_id()),
                "call": str(UUID(int=0)),
                "at": datetime.now(UTC).isoformat(),
                "callback": str(promise.id),
                "by": "test",
            }
        )

    def notes(self) -> list[str]:
        folder = self.installation.state.folder / "pbx/callbacks"
        return [path.read_text() for path in sorted(folder.glob("*"))]

    async def is_noted(self, what: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                if any(f" {what}=" in text for text in self.notes()):
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Dialling]:
    """Everything but the dialler; the line is always open."""

    with Installation(folder, Options(hours="always"), *_sounds()) as installation:
        installation.prepare()
        await asyncio.to_thread(installation.start_postgres)
        await asyncio.to_thread(installation.migrate)
        _configure(installation)
        await asyncio.to_thread(installation.start_asterisk)
        parties = Parties()
        await parties.listen(installation.ports.carrier)
        ami = Ami(AmiAddress("127.0.0.1", installation.ports.ami), "tests", "known-to-tests-alone")
        keeping = asyncio.create_task(ami.run())
        await ami.wait_up()
        async with asyncpg.create_pool(installation.database_url(), min_size=0, max_size=2) as pool:
            store = Store(installation.database_url(), 1)
            dialling = Dialling(installation, parties, ami, pool, desk_of(installation, store))
            try:
                yield dialling
            finally:
                await dialling.stops()
                await store.close()
                keeping.cancel()
                parties.close()


def _configure(installation: Installation) -> None:
    folder = installation.state.folder
    etc, config = installation.state.asterisk / "etc", folder / "pbx/config"
    etc.mkdir(parents=True, exist_ok=True)
    port = installation.ports.carrier
    phones = "".join(PHONE.format(user=user, port=port) for user in AGENTS)
    (config / "pjsip_agents.conf").write_text(phones)
    (config / "queues_saluran.conf").write_text(QUEUES)
    (etc / "extensions_more.conf").write_text(CALLER)
    (etc / "manager_more.conf").write_text(
        "[tests]\nsecret=known-to-tests-alone\nread=agent,call,user,reporting\nwrite=agent,call,originate,reporting,system\nallowmultiplelogin=yes\n"
        "eventfilter(name(OriginateResponse))=\n"
    )
    if privileges.entry(folder):
        privileges.give(folder, privileges.owner(folder))


def _sounds() -> tuple[Path, ...]:
    sounds = os.environ.get("SALURAN_TEST_SOUNDS")
    return (Path(sounds),) if sounds else ()
