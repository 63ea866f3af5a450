"""All calls of one PBX: one task a call, found by the channel's unique id."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import unquote_plus
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars

from ivr import agent_line
from ivr.ami import Ami, Event
from ivr.call import Call
from ivr.line import COMMANDS, AgiLine
from ivr.switchboard import CONTEXT, Switchboard

log = structlog.get_logger()

OURS = "saluran-"
"""How the names of the hotline's contexts begin."""


class Calls:
    """Hands the PBX's events to the calls they are for."""

    def __init__(
        self,
        ami: Ami,
        board: Switchboard,
        *,
        orphaned: Callable[[str], None],
        served_without_us: Callable[[], None],
    ) -> None:
        """`orphaned`: a channel whose command, sent by an earlier life of this service, ended.
        `served_without_us`: a call that the dialplan alone had in hand has hung up."""
        self._ami = ami
        self._board = board
        self._orphaned = orphaned
        self._served_without_us = served_without_us
        self._calls: dict[str, tuple[Call, AgiLine, asyncio.Task[None]]] = {}
        ami.on_event("AsyncAGIStart", self._start)
        ami.on_event("AsyncAGIExec", self._executed)
        ami.on_event("AsyncAGIEnd", self._left)
        ami.on_event("Hangup", self._hung_up)
        ami.on_down.append(self._lost)

    def __contains__(self, uniqueid: str) -> bool:
        return uniqueid in self._calls

    @property
    def ids(self) -> set[UUID]:
        """The calls that are led now."""
        return {call.id for call, _, _ in self._calls.values()}

    @property
    def uniqueids(self) -> set[str]:
        """Of their channels; a call is led for a moment longer than its channel lives."""
        return set(self._calls)

    async def close(self) -> None:
        """Leave every call where it stands; the next start takes it up."""
        tasks = [task for _, _, task in self._calls.values()]
        self._lost()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, event: Event) -> None:
        uniqueid, channel = event.get("Uniqueid"), event.get("Channel")
        environment = _environment(event)
        if environment.get("agi_context") != CONTEXT:
            return  # Another program's call on the operator's PBX.
        if known := self._calls.get(uniqueid):
            if known[1].is_away:
                known[1].returned()
                return
            # Redirected under our hands: what the old task waits for will never come.
            known[1].lost()
        self._serve(self._line(channel), uniqueid, environment)

    def track(self, channel: str, uniqueid: str) -> None:
        """Follow a caller to the end who was found in a queue or in a talk."""
        line = self._line(channel)
        line.away()
        self._serve(line, uniqueid, {})

    def _line(self, channel: str) -> AgiLine:
        return AgiLine(self._ami, channel, self._board.durations, self._board.pbx_messages)

    def _serve(self, line: AgiLine, uniqueid: str, environment: Mapping[str, str]) -> None:
        call = Call(self._board, line, uniqueid, environment)
        with bound_contextvars(call=str(call.id)):
            task = asyncio.create_task(call.serve())
        self._calls[uniqueid] = (call, line, task)
        task.add_done_callback(lambda done: self._done(uniqueid, call, done))

    def _done(self, uniqueid: str, call: Call, task: "asyncio.Task[None]") -> None:
        known = self._calls.get(uniqueid)
        if known and known[0] is call:
            del self._calls[uniqueid]
        if not call.met:
            self._served_without_us()
        if not task.cancelled() and (error := task.exception()):
            log.error("call.task_failed", call=str(call.id), exc_info=error)

    def _executed(self, event: Event) -> None:
        known = self._calls.get(event.get("Uniqueid"))
        if known:
            known[1].executed(event)
        elif event.get("Context") != agent_line.CONTEXT and event.get("CommandId").startswith(
            COMMANDS
        ):
            self._orphaned(event.get("Channel"))

    def _left(self, event: Event) -> None:
        known = self._calls.get(event.get("Uniqueid"))
        if known:
            known[1].left()

    def _hung_up(self, event: Event) -> None:
        known = self._calls.get(event.get("Uniqueid"))
        if known:
            known[1].hung_up()
        elif event.get("Context").startswith(OURS):
            self._served_without_us()

    def _lost(self) -> None:
        for _, line, _ in list(self._calls.values()):
            line.lost()


def _environment(event: Event) -> Mapping[str, str]:
    """AsyncAGI's environment, `agi_callerid: 0812…` and so on, percent-encoded in one header."""
    lines = unquote_plus(event.get("Env")).split("\n")
    pairs = (line.partition(": ") for line in lines)
    return {name: value for name, colon, value in pairs if colon}
