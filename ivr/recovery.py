"""After a restart, of the service or of the PBX, or a lost link: no call is forgotten.

Calls that stand in AsyncAGI are taken up where they were; rows of calls that are gone are closed,
and what is owed to their callers becomes a ticket.
"""

import asyncio

import structlog

from ivr.ami import Ami, AmiError, Event
from ivr.calls import Calls
from ivr.conversation import owed
from ivr.facts import CallEnded
from ivr.flow import Number, Promise, Queue
from ivr.ids import new_id
from ivr.ports import DeskAway, OpenCall
from ivr.session import Outcome, Session
from ivr.switchboard import Switchboard

log = structlog.get_logger()

CONTEXT, RESUME = "saluran-in", "resume"
"""Where the dialplan takes a call back into AsyncAGI."""


class Recovery:
    def __init__(self, ami: Ami, board: Switchboard) -> None:
        self._ami = ami
        self._board = board
        self._adoptions: set[asyncio.Task[None]] = set()

    def adopt_soon(self, channel: str) -> None:
        """Take up a channel whose command ended and that waits for the next."""
        task = asyncio.create_task(self._adopt(channel))
        self._adoptions.add(task)
        task.add_done_callback(self._adoptions.discard)

    async def recover(self, calls: Calls) -> None:
        """After each login: take up what stands in AsyncAGI. Raises `AmiError`.

        Asks only for variables that no caller can influence: their values come unescaped.
        """
        for event in await self._channels():
            standing = event.get("Application") == "AGI" and event.get("Context") == CONTEXT
            if standing and event.get("Uniqueid") not in calls:
                await self._adopt(event.get("Channel"))

    async def reconcile(self, calls: Calls) -> None:
        """Close the rows of calls that ended while nobody watched. Raises `AmiError`, `DeskAway`.

        Only while nothing waits in the journal, or a row would seem open whose end is on its way.
        """
        rows = await self._board.world.desk.open_calls(self._board.pbx)
        if not rows:
            return
        alive = {event.get("Uniqueid") for event in await self._channels()}
        for row in rows:
            if row.uniqueid not in alive and row.uniqueid not in calls:
                self._close(row)

    async def watch(self, calls: Calls, settled: "asyncio.Event", every: float) -> None:
        """Reconcile every so many seconds, while `settled` says that the journal is empty."""
        while True:
            await asyncio.sleep(every)
            await settled.wait()
            try:
                await self.reconcile(calls)
            except (AmiError, DeskAway) as error:
                log.info("recovery.postponed", reason=str(error))

    async def _channels(self) -> list[Event]:
        return await self._ami.collect("Status", "StatusComplete", AllVariables="false")

    async def _adopt(self, channel: str) -> None:
        try:
            await self._ami.ask(
                "Redirect", Channel=channel, Context=CONTEXT, Exten=RESUME, Priority="1"
            )
        except AmiError as error:
            log.info("call.not_adopted", channel=channel, reason=str(error))

    def _close(self, row: OpenCall) -> None:
        world = self._board.world
        step = self._board.flow("").steps.get(row.step)
        session = Session(
            call=row.id,
            flow="",
            began=row.began,
            language=self._board.language,
            caller=row.phone,
            step=row.step,
            kept=row.ticketed,
            requesting=isinstance(step, Queue | Number | Promise),
            outcome=Outcome.PROMISE if row.ticketed else Outcome.HUNG_UP,
        )
        debt = owed(session, world)
        end = CallEnded(
            id=new_id(),
            call=row.id,
            at=world.hours.now(),
            outcome=session.outcome.value,
            step=row.step,
            certain=False,
        )
        world.teller.tell(*debt, end)
        log.info("call.reconciled", call=str(row.id), step=row.step, owed=bool(debt))
