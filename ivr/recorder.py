"""Pausing the recording of a talk, and going on: what an agent must not keep is silence on it."""

import structlog

from ivr.agent_errors import NotRecorded, NotTalking
from ivr.ami import Ami, AmiRefused

log = structlog.get_logger()

PAUSED = "IVR_TALK_PAUSED"


class Recorder:
    """Talks by the agent's extension. Raises `NotTalking`, `NotRecorded` and `AmiError`."""

    def __init__(self, ami: Ami) -> None:
        self._ami = ami

    async def toggle(self, agent: str) -> bool:
        """Pause, or go on if it is paused; whether it is recorded now."""
        channel = await self._channel(agent)
        answer = await self._ami.ask("Getvar", Channel=channel, Variable=PAUSED)
        paused = answer.get("Value") != "1"
        await self._mute(channel, paused=paused)
        log.info("talk.recording_paused" if paused else "talk.recording_resumed", agent=agent)
        return not paused

    async def _mute(self, channel: str, *, paused: bool) -> None:
        state = "1" if paused else "0"
        try:
            await self._ami.ask("MixMonitorMute", Channel=channel, Direction="both", State=state)
        except AmiRefused as refused:
            raise NotRecorded("This talk is not recorded: the caller did not agree.") from refused
        await self._ami.ask("Setvar", Channel=channel, Variable=PAUSED, Value=state)

    async def _channel(self, agent: str) -> str:
        """The agent's channel in the talk: the one that a queue made."""
        for event in await self._ami.collect("Status", "StatusComplete", AllVariables="false"):
            name = event.get("Channel")
            if name.startswith(f"PJSIP/{agent}-") and event.get("Application") == "AppQueue":
                return name
        raise NotTalking(agent)
