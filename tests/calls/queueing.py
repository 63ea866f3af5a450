"""What tests of queues share: agents' phones that are logged in, and callers who wait for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg

from ivr.ami import Ami, AmiError, Event
from scripts.caller import Call
from tests.calls import promises
from tests.calls.agents import AgentPhone, AgentPhones
from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.manager import manager
from tests.calls.promises import Promise, promised

PATIENCE = 20.0
STAYS = (
    "SELECT e.*, c.dialled, c.phone, c.outcome FROM queue_entry e"
    " JOIN call c ON c.id = e.call WHERE dialled = ANY($1) ORDER BY e.since, e.joined_at"
)


class Queueing:
    """A running hotline, its agents' phones, and the PBX's own word on its queues."""

    def __init__(
        self, hotline: Hotline, caller: Caller, ledger: Ledger, phones: AgentPhones, ami: Ami
    ) -> None:
        self.hotline, self.caller, self.ledger = hotline, caller, ledger
        self.phones, self.ami = phones, ami
        self._calls = AsyncExitStack()

    # Agents

    async def agent(self, extension: str, *queues: str) -> AgentPhone:
        """An agent who is logged in to these queues and their own, and to no others."""
        await self.hotline.has_fitted()
        phone = await self.phones.agent(extension)
        for queue in (*queues, f"agent-{extension}"):
            await self.ami.ask(
                "QueueAdd",
                Queue=queue,
                Interface=f"PJSIP/{extension}",
                MemberName=extension,
                StateInterface=f"PJSIP/{extension}",
            )
        await self.until_members(extension, *queues, f"agent-{extension}")
        return phone

    async def until_members(self, extension: str, *queues: str) -> None:
        """The PBX knows the phone: a phone that has just registered is not there at once.

        A service that has just learnt who its agents are brings them into all queues of theirs,
        once: they leave those again that the test does not want.
        """

        def at_work(listed: list[Event]) -> bool:
            mine = [event for event in listed if event.get("Name") == extension]
            # The service pauses who has no phone, and ends that by itself.
            return {one.get("Queue") for one in mine} >= {*queues} and all(
                (one.get("Status"), one.get("Paused")) == ("1", "0") for one in mine
            )

        for member in await self._until(at_work):
            if member.get("Name") == extension and member.get("Queue") not in queues:
                interface = member.get("Location")
                await self.ami.ask("QueueRemove", Queue=member.get("Queue"), Interface=interface)

    async def pauses(self, phone: AgentPhone) -> None:
        """Logged in, so that callers are let in, and not rung."""
        interface = f"PJSIP/{phone.extension}"
        await self.ami.ask("QueuePause", Interface=interface, Paused="true", Reason="rapat")

    async def logs_out(self, extension: str) -> None:
        for event in await self._listed():
            if event.name == "QueueMember" and event.get("Name") == extension:
                await self.ami.ask(
                    "QueueRemove", Queue=event.get("Queue"), Interface=event.get("Location")
                )

    # Callers

    async def calls(self, number: str | None = None) -> Call:
        """Somebody rings the hotline as it is just now; hung up when all is over."""
        return await self._calls.enter_async_context(self.caller.rings(number))

    async def comes_to_the_menu(self, number: str | None = None, consent: str = "1") -> Call:
        """A caller who agrees to being recorded, or not, and hears the menu."""
        call = await self.calls(number)
        await call.hears("consent")
        await call.presses(consent)
        await call.hears("main-menu")
        return call

    async def waits(self, number: str | None = None, consent: str = "1", keys: str = "0") -> Call:
        """A caller who agrees to being recorded, or not, and takes this way to a queue."""
        call = await self.comes_to_the_menu(number, consent)
        await call.presses(keys[0])
        for key in keys[1:]:
            await call.hears("complaints-menu")
            await call.presses(key)
        return call

    async def promises(self, since: Iterable[datetime]) -> list[Promise]:
        """Callbacks for `umum` that are due now, to people who have waited since these times."""
        now = self.hotline.now()
        made = [promised(now, since=moment) for moment in since]
        facts = [fact for _, told in made for fact in told]
        await promises.write(self.hotline.installation, facts)
        return [promise for promise, _ in made]

    async def until_queues(self, *names: str) -> None:
        """The PBX has these queues."""
        async with asyncio.timeout(PATIENCE):
            while True:
                told = await self.ami.collect("QueueStatus", "QueueStatusComplete")
                if {one.get("Queue") for one in told if one.name == "QueueParams"} >= {*names}:
                    return
                await asyncio.sleep(0.05)

    async def until_waiting(self, count: int, queue: str = "umum") -> list[Event]:
        """The queue's entries in order, once there are so many."""

        def enough(listed: list[Event]) -> bool:
            return len(_entries(listed, queue)) == count

        return _entries(await self._until(enough), queue)

    async def queue_of(self, *calls: Call) -> Sequence[Any]:
        """The rows of these callers' stays in the order of their `since`."""
        return await self.ledger.fetch(STAYS, [call.dialled for call in calls])

    async def stays_of(self, count: int, *calls: Call) -> Sequence[Any]:
        """The same, once so many are known to be over."""
        return await self.until_rows(
            STAYS,
            lambda rows: len([row for row in rows if row["how"]]) == count,
            [call.dialled for call in calls],
        )

    async def until_rows(
        self, query: str, enough: Callable[[Sequence[asyncpg.Record]], bool], *values: object
    ) -> Sequence[asyncpg.Record]:
        """Rows, once they are enough."""
        rows: Sequence[asyncpg.Record] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    rows = await self.ledger.fetch(query, *values)
                    if enough(rows):
                        return rows
                    await asyncio.sleep(0.05)
        raise AssertionError(f"not enough: {[dict(row) for row in rows]}")

    async def clears(self) -> None:
        """Nobody calls, nobody is logged in, nobody is to be called."""
        await self._calls.aclose()
        self._calls = AsyncExitStack()
        await self.ledger.all_ended()
        await self.ledger.fetch(
            "UPDATE callback SET state = 'cancelled', settled_at = now()"
            " WHERE state NOT IN ('done', 'cancelled')"
        )
        for member in {event.get("Name") for event in await self._listed()}:
            await self.logs_out(member)
        for phone in self.phones.agents:
            await phone.leaves()
        self.phones.agents.clear()
        for event in await self.ami.collect("Status", "StatusComplete", AllVariables="false"):
            with contextlib.suppress(AmiError):
                await self.ami.ask("Hangup", Channel=event.get("Channel"))
        await self._until(lambda listed: not listed)

    async def _listed(self) -> list[Event]:
        told = await self.ami.collect("QueueStatus", "QueueStatusComplete")
        return [event for event in told if event.name in ("QueueMember", "QueueEntry")]

    async def _until(self, enough: Callable[[list[Event]], bool]) -> list[Event]:
        listed: list[Event] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while True:
                    with contextlib.suppress(AmiError):
                        listed = await self._listed()
                        if enough(listed):
                            return listed
                    await asyncio.sleep(0.05)
        raise AssertionError(f"the PBX's queues: {[event.keys for event in listed]}")


def _entries(listed: list[Event], queue: str) -> list[Event]:
    mine = [one for one in listed if (one.name, one.get("Queue")) == ("QueueEntry", queue)]
    return sorted(mine, key=lambda one: int(one.get("Position")))


@asynccontextmanager
async def gathered(hotline: Hotline, caller: Caller, ledger: Ledger) -> AsyncIterator[Queueing]:
    """The service runs as the test had it; no phone is registered yet."""
    async with manager(hotline.installation) as ami, AgentPhones(hotline) as phones:
        queue = Queueing(hotline, caller, ledger, phones, ami)
        await queue.clears()
        yield queue
