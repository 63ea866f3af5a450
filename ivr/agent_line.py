"""Agents' calls to the service: the channels in AsyncAGI that came from an agent's phone."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import PurePosixPath

import structlog

from ivr.ami import Ami, AmiError, Event, action
from ivr.errors import LineError
from ivr.line import AgiLine

log = structlog.get_logger()

CONTEXT = "saluran-agent"
_CHANNEL = re.compile(r"PJSIP/([0-9]+)-[0-9a-f]+")
"""The PBX names a channel by the endpoint that authenticated."""

Serve = Callable[["AgentLine", str], Awaitable[None]]


class AgentLine(AgiLine):
    """An agent's phone while it has keyed a code."""

    async def keyed(self) -> str:
        """What was dialled, of digits, `+`, `*` and `#`; the dialplan let nothing else in."""
        return (await self.variables("${IVR_KEYED}"))[0]

    async def send_on(self, context: str, extension: str, variables: Mapping[str, str]) -> None:
        """Let go of the channel: the dialplan has it from here, and ends the lease.

        Raises `AmiError`.
        """
        told = [
            action("Setvar", Channel=self.channel, Variable=name, Value=value)
            for name, value in variables.items()
        ]
        for answer in self._ami.post(told):
            await answer
        await self._ami.ask(
            "Redirect", Channel=self.channel, Context=context, Exten=extension, Priority="1"
        )


class AgentLines:
    """Hands the PBX's events to the agents' lines they are for; one task each."""

    def __init__(
        self,
        ami: Ami,
        durations: Mapping[str, Mapping[str, float]],
        serve: Serve,
    ) -> None:
        """`serve` gets the line and the extension of the phone."""
        self._ami, self._durations, self._serve = ami, durations, serve
        self._lines: dict[str, tuple[AgentLine, asyncio.Task[None]]] = {}
        ami.on_event("AsyncAGIStart", self._start)
        ami.on_event("AsyncAGIExec", self._executed)
        ami.on_event("AsyncAGIEnd", self._left)
        ami.on_event("Hangup", self._hung_up)
        ami.on_down.append(self._lost)

    def _start(self, event: Event) -> None:
        if event.get("Context") != CONTEXT:
            return
        uniqueid, channel = event.get("Uniqueid"), event.get("Channel")
        found = _CHANNEL.fullmatch(channel)
        if found is None:
            return  # The dialplan lets no such channel come so far.
        line = AgentLine(self._ami, channel, self._durations, PurePosixPath())
        task = asyncio.create_task(self._lead(line, found[1]))
        self._lines[uniqueid] = (line, task)
        task.add_done_callback(lambda _: self._lines.pop(uniqueid, None))

    async def _lead(self, line: AgentLine, extension: str) -> None:
        try:
            await self._serve(line, extension)
        except (LineError, AmiError) as gone:
            log.info("agent_line.left", agent=extension, reason=str(gone))
        except Exception:
            log.exception("agent_line.failed", agent=extension)

    def _executed(self, event: Event) -> None:
        if known := self._lines.get(event.get("Uniqueid")):
            known[0].executed(event)

    def _left(self, event: Event) -> None:
        if known := self._lines.get(event.get("Uniqueid")):
            known[0].left()

    def _hung_up(self, event: Event) -> None:
        if known := self._lines.get(event.get("Uniqueid")):
            known[0].hung_up()

    def _lost(self) -> None:
        for line, _ in list(self._lines.values()):
            line.lost()
