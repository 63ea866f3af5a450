"""After a restart, of the service or of the PBX, or a lost link: no call is forgotten.

Calls that stand in AsyncAGI are taken up where they were; rows of calls that are gone are closed,
and what is owed to their callers becomes a ticket.
"""

import asyncio
from collections.abc import Collection

import structlog

from ivr import queue_place
from ivr.ami import Ami, AmiError, Event
from ivr.calls import Calls
from ivr.conversation import owed, request
from ivr.facts import CallEnded
from ivr.flow import Number, Promise, Queue
from ivr.ids import new_id
from ivr.ports import OpenCall
from ivr.session import Outcome, Session
from ivr.switchboard import CONTEXT, Switchboard

log = structlog.get_logger()

RESUME = "resume"
"""The extension of CONTEXT where the dialplan takes a call back into AsyncAGI."""

DIALLED = frozenset({"AppDial", "AppDial2", "AppQueue"})
"""What the PBX calls the application of a channel that it rang. The trunk of whom we call back may
name our context for the calls that come in."""


class Recovery:
    def __init__(self, ami: Ami, board: Switchboard) -> None:
        self._ami = ami
        self._board = board
        self._adoptions: set[asyncio.Task[None]] = set()
        self._redirected: set[str] = set()
        """Channels on their way into AsyncAGI; what they were doing there ends first."""
        ami.on_event("AsyncAGIStart", self._arrived)

    def adopt_soon(self, channel: str) -> None:
        """Take up a channel whose command ended and that waits for the next."""
        if channel in self._redirected:
            return  # It was we who ended the command: adopted twice it would seem to hang up.
        task = asyncio.create_task(self._adopt(channel))
        self._adoptions.add(task)
        task.add_done_callback(self._adoptions.discard)

    async def recover(self, calls: Calls) -> None:
        """After each login: take up the calls that stand in the menu, and follow those that wait
        in a queue or talk, which nobody may touch. Raises `AmiError`."""
        for event in await self.channels():
            channel, uniqueid = event.get("Channel"), event.get("Uniqueid")
            if uniqueid in calls:
                continue
            if event.get("Context") in queue_place.CONTEXTS:
                calls.track(channel, uniqueid)
            elif event.get("Context") == CONTEXT and event.get("Application") not in DIALLED:
                await self._adopt(channel)

    async def reconcile(self, calls: Calls, before: Collection[str]) -> bool:
        """Close the rows of calls that ended while nobody watched. Raises `AmiError`, `DeskAway`.

        Only while nothing waits in the journal, or a row would seem open whose end is on its way.
        `before`: the unique ids of the channels that there were before the PBX's notes were taken
        in. Whose call has ended since has notes that nobody has read: True when there is one.
        """
        rows = await self._board.world.desk.open_calls(self._board.pbx)
        if not rows:
            return False
        alive = {event.get("Uniqueid") for event in await self.channels()}
        gone = [row for row in rows if row.uniqueid not in alive and row.uniqueid not in calls]
        for row in gone:
            if row.uniqueid not in before:
                self._close(row)
        return any(row.uniqueid in before for row in gone)

    async def channels(self) -> list[Event]:
        """The PBX's channels now. No variable is asked for: values come unescaped."""
        return await self._ami.collect("Status", "StatusComplete", AllVariables="false")

    def _arrived(self, event: Event) -> None:
        self._redirected.discard(event.get("Channel"))

    async def _adopt(self, channel: str) -> None:
        self._redirected.add(channel)
        try:
            await self._ami.ask(
                "Redirect", Channel=channel, Context=CONTEXT, Exten=RESUME, Priority="1"
            )
        except AmiError as error:
            self._redirected.discard(channel)
            log.info("call.not_adopted", channel=channel, reason=str(error))

    def _close(self, row: OpenCall) -> None:
        world = self._board.world
        session = self._session(row)
        # Whom the PBX lost while they waited did not abandon us: they are called like who asked.
        lost = row.since is not None and session.requesting
        session.phone = row.phone
        debt = request(session, world) if lost and row.phone else owed(session, world)
        if lost and row.phone:
            session.outcome = Outcome.PROMISE
        end = CallEnded(
            id=new_id(),
            call=row.id,
            at=world.hours.now(),
            outcome=session.outcome.value,
            step=row.step,
            certain=False,
        )
        world.teller.tell(*debt, end)
        self._board.stays.forget(row.uniqueid)
        log.info("call.reconciled", call=str(row.id), step=row.step, owed=bool(debt))

    def _session(self, row: OpenCall) -> Session:
        step = self._board.flow("").steps.get(row.step)
        outcome = Outcome.PROMISE if row.ticketed else Outcome.HUNG_UP
        return Session(
            call=row.id,
            flow="",
            began=row.began,
            language=self._board.language,
            caller=row.phone,
            step=row.step,
            kept=row.ticketed,
            requesting=isinstance(step, Queue | Number | Promise) and not row.spoke,
            queue=row.queue,
            since=row.since,
            priority=row.priority,
            outcome=Outcome.AGENT if row.spoke else outcome,
        )
