"""Agents' phones that do not even say that they ring: nobody is left waiting for them.

A phone that has lost its network answers an INVITE with nothing at all. The PBX takes it for a free
one until it says 180 (`chan_pjsip.c`: a channel in state Down is a device not in use), for as long
as the queue rings: its caller waits in vain, and since one agent more seems to be free, who stands
second may be asked before the first (`is_our_turn` of `app_queue.c`).
"""

import asyncio

import structlog

from ivr.ami import Ami, AmiError, Event
from ivr.members import member

log = structlog.get_logger()

PATIENCE = 3.0
"""Seconds within which a phone says that it rings: the INVITE may be lost twice (RFC 3261, T1)."""
SILENT = "Down"
"""The state of a channel whose phone has said nothing."""


class DeafPhones:
    """Ends a ring that no phone tells of; the PBX then pauses that agent as after any other ring
    in vain. Kept by the link's events; needs nobody to call it."""

    def __init__(self, ami: Ami, patience: float = PATIENCE) -> None:
        self._ami, self._patience = ami, patience
        self._alarms: dict[str, asyncio.TimerHandle] = {}
        """By the unique id of the agent's channel."""
        self._looking: set[asyncio.Task[None]] = set()
        ami.on_event("AgentCalled", self._rung)
        ami.on_event("AgentConnect", lambda event: self._over(event.get("DestUniqueid")))
        ami.on_event("AgentRingNoAnswer", lambda event: self._over(event.get("DestUniqueid")))
        ami.on_event("Hangup", lambda event: self._over(event.get("Uniqueid")))
        ami.on_down.append(self._forget)

    def _rung(self, event: Event) -> None:
        if one := member(event):
            channel, unique = event.get("DestChannel"), event.get("DestUniqueid")
            self._alarms[unique] = asyncio.get_running_loop().call_later(
                self._patience, self._look, one.extension, channel, unique
            )

    def _look(self, agent: str, channel: str, unique: str) -> None:
        self._alarms.pop(unique, None)
        task = asyncio.create_task(self._end_if_silent(agent, channel, unique))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _end_if_silent(self, agent: str, channel: str, unique: str) -> None:
        try:
            told = await self._ami.collect("Status", "StatusComplete", Channel=channel)
            states = {one.get("ChannelStateDesc") for one in told if one.get("Uniqueid") == unique}
            if states == {SILENT}:
                log.warning(
                    "agent.phone_silent",
                    agent=agent,
                    seconds=self._patience,
                    remedy="look at the phone and its network; they dial *14 once it is back",
                )
                await self._ami.ask("Hangup", Channel=channel)
        except AmiError:
            # It was answered, refused or given up meanwhile; or the link is down.
            return

    def _over(self, unique: str) -> None:
        if alarm := self._alarms.pop(unique, None):
            alarm.cancel()

    def _forget(self) -> None:
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()
