"""Pausing the recording of a talk, and going on: what an agent must not keep is not on it."""

import structlog

from ivr.agent_errors import NotRecorded, NotTalking
from ivr.ami import Ami, AmiRefused

log = structlog.get_logger()

PAUSED = "IVR_TALK_PAUSED"
FILE = "MIXMONITOR_FILENAME"
"""Set by the PBX on the channel that is recorded; it stays when the recording has stopped."""


class Recorder:
    """Talks by the agent's extension. Raises `NotTalking`, `NotRecorded` and `AmiError`."""

    def __init__(self, ami: Ami) -> None:
        self._ami = ami

    async def toggle(self, agent: str) -> bool:
        """Pause, or go on if it is paused; whether it is recorded now."""
        channel = await self._channel(agent)
        file = await self._variable(channel, FILE)
        if not file:
            raise NotRecorded("This talk is not recorded: the caller did not agree.")
        paused = await self._variable(channel, PAUSED) == "1"
        await (self._go_on(channel, file) if paused else self._stop(channel))
        await self._ami.ask("Setvar", Channel=channel, Variable=PAUSED, Value=str(int(not paused)))
        log.info("talk.recording_resumed" if paused else "talk.recording_paused", agent=agent)
        return paused

    async def _stop(self, channel: str) -> None:
        # Not MixMonitorMute: the PBX writes what it has buffered, and on a busy machine that was
        # measured to be more than a second of what had been said while muted.
        try:
            await self._ami.ask("StopMixMonitor", Channel=channel)
        except AmiRefused as refused:
            raise NotRecorded("This talk is not being recorded any more.") from refused

    async def _go_on(self, channel: str, file: str) -> None:
        await self._ami.ask("MixMonitor", Channel=channel, File=file, Options="ab")

    async def _variable(self, channel: str, name: str) -> str:
        return (await self._ami.ask("Getvar", Channel=channel, Variable=name)).get("Value")

    async def _channel(self, agent: str) -> str:
        """The agent's channel in the talk: the one that a queue made."""
        for event in await self._ami.collect("Status", "StatusComplete", AllVariables="false"):
            name = event.get("Channel")
            if name.startswith(f"PJSIP/{agent}-") and event.get("Application") == "AppQueue":
                return name
        raise NotTalking(agent)
