"""A hotline with its agents, as tests of agents see it: phones, the PBX's queues, the service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from ivr.ami import Ami, AmiError, Event
from ivr.ids import new_id
from ivr.members import Members, member, state_of
from ivr.waiting import WaitingCaller, waiting_callers
from tests.calls.agents import AgentPhones
from tests.calls.hotline import Hotline
from tests.calls.manager import manager

PATIENCE = 15.0
SOON = 1.0
"""Seconds within which phone, API and PBX agree."""
DIALPLAN = """
[team]
exten => caller,1,Answer()
 same => n,Set(QUEUE=${TEAM_QUEUE})
 same => n(wait),Set(QUEUE_WITHDRAW_INFO=)
 same => n,Queue(${QUEUE})
 same => n,GotoIf($["${QUEUESTATUS}" != "WITHDRAW"]?gone)
 same => n,Set(QUEUE=${CUT(QUEUE_WITHDRAW_INFO,:,2)})
 same => n,Goto(wait)
 same => n(gone),Hangup()
exten => silence,1,Answer()
 same => n,Wait(600)
"""


class Team:
    """The PBX, the service and the rows, beside the agents' phones."""

    def __init__(
        self, hotline: Hotline, phones: AgentPhones, ami: Ami, pool: "asyncpg.Pool[Any]"
    ) -> None:
        self.hotline, self.phones, self.ami, self.pool = hotline, phones, ami, pool

    # What the PBX says

    async def members(self) -> Members:
        """Who is in which queue, as `QueueStatus` tells it."""
        found = Members()
        for event in await self.ami.collect("QueueStatus", "QueueStatusComplete"):
            if event.name == "QueueMember" and (one := member(event)):
                found.put(one)
        return found

    async def pbx_state(self, extension: str) -> str:
        """`ready`, or `paused salat`, and so on."""
        state = state_of((await self.members()).of(extension))
        return f"{state.state} {state.reason}".strip()

    async def until_device(self, extension: str, state: int) -> None:
        """The PBX has the agent's phone in this state, such as 1, not in use."""
        async with asyncio.timeout(PATIENCE):
            while True:
                members = (await self.members()).of(extension).values()
                if {one.device for one in members} == {state}:
                    return
                await asyncio.sleep(0.05)

    async def service_state(self, extension: str) -> str:
        """The same, as the service tells it."""
        return await self.hotline.agent_is(extension)

    async def agree(self, extension: str, wanted: str, within: float = SOON) -> None:
        """PBX and service both say so."""
        said = ("", "")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while True:
                    said = (await self.pbx_state(extension), await self.service_state(extension))
                    if said == (wanted, wanted):
                        return
                    await asyncio.sleep(0.02)
        raise AssertionError(f"{extension}: PBX and service say {said}, not {wanted}")

    async def live(self) -> dict[str, Any]:
        return await self.hotline.live()

    async def channels(self) -> list[Event]:
        return await self.ami.collect("Status", "StatusComplete", AllVariables="false")

    # What happens

    async def caller(
        self, queue: str = "umum", number: str = "081200000001", since: int | None = None
    ) -> None:
        """One more caller in the queue."""
        await self.ami.ask(
            "Originate",
            Channel="Local/silence@team/n",
            Context="team",
            Exten="caller",
            Priority="1",
            Async="true",
            CallerID=f"<{number}>",
            Variable=[
                f"TEAM_QUEUE={queue}",
                *([f"IVR_SINCE={since}"] if since is not None else []),
            ],
        )

    async def until_waiting(self, *numbers: str) -> None:
        """All these stand in queues."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if {caller.phone for caller in await waiting_callers(self.ami)} >= {*numbers}:
                    return
                await asyncio.sleep(0.05)

    async def moved(self, queue: str) -> WaitingCaller:
        """The one caller who waits, once in this queue."""
        async with asyncio.timeout(PATIENCE):
            while True:
                waiting = await waiting_callers(self.ami)
                if [caller.queue for caller in waiting] == [queue]:
                    return waiting[0]
                await asyncio.sleep(0.05)

    async def serves_only(self, extension: str, queue: str) -> None:
        """Out of all other queues, and ready."""
        for other in (await self.members()).of(extension):
            if other != queue:
                await self.ami.ask("QueueRemove", Queue=other, Interface=f"PJSIP/{extension}")
        await self.ami.ask("QueuePause", Interface=f"PJSIP/{extension}", Paused="false")
        await self.agree(extension, "ready", PATIENCE)

    async def clear_callers(self) -> None:
        for event in await self.channels():
            with contextlib.suppress(AmiError):
                await self.ami.ask("Hangup", Channel=event.get("Channel"))

    async def clear(self) -> None:
        """Nobody calls, nobody is logged in, no phone is registered."""
        for phone in self.phones.agents:
            await phone.leaves()
        self.phones.agents.clear()
        await self.clear_callers()
        members = await self.members()
        for extension in members:
            for queue in list(members.of(extension)):
                with contextlib.suppress(AmiError):
                    await self.ami.ask("QueueRemove", Queue=queue, Interface=f"PJSIP/{extension}")
            await self.agree(extension, "out", PATIENCE)

    # What was written

    async def talked(self, agent: str) -> UUID:
        """A talk of this agent is written; the id of its stay in the queue."""
        entry = new_id()
        await self.pool.execute(
            "INSERT INTO queue_entry (id, agent, answered_at, waited) VALUES ($1, $2, now(), 1)",
            entry,
            agent,
        )
        return entry

    async def rows(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.pool.fetch(sql, *arguments)]

    async def until_rows(
        self, sql: str, enough: Callable[[list[tuple[Any, ...]]], bool], *arguments: Any
    ) -> list[tuple[Any, ...]]:
        """The rows once they are enough."""
        rows: list[tuple[Any, ...]] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    if enough(rows := await self.rows(sql, *arguments)):
                        return rows
                    await asyncio.sleep(0.05)
        raise AssertionError(f"not enough: {rows}")


@asynccontextmanager
async def gathered(hotline: Hotline) -> AsyncIterator[Team]:
    """The agents' phones are there, none is registered; the service runs as it did."""
    pool = asyncpg.create_pool(hotline.installation.database_url(), min_size=0, max_size=2)
    async with manager(hotline.installation, DIALPLAN) as ami, pool, AgentPhones(hotline) as phones:
        yield Team(hotline, phones, ami, pool)
