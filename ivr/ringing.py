"""Whose phone rings now for whom, as the PBX tells it: what a screen pop follows from.

Source: `app_queue.c`, the events `AgentCalled`, `AgentConnect` and `AgentRingNoAnswer`. After the
link was away nothing rings here until a phone is rung anew: no list of the PBX tells it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.ami import Ami, Event
from ivr.members import member

LONGEST = timedelta(minutes=3)
"""Longer than any queue rings: an end that was not told is not believed in for ever."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A phone that rings for a stay in a queue."""

    agent: str
    """The extension."""
    uniqueid: str
    """Of the channel that waits."""
    queue: str
    since: datetime


class Ringing:
    """Kept by the link's events for as long as it lives; needs nobody to call it."""

    def __init__(self, ami: Ami, now: Callable[[], datetime]) -> None:
        self._now = now
        self._rings: dict[str, Ring] = {}
        """By the unique id of the agent's channel."""
        self.on_change: list[Callable[[], None]] = []
        ami.on_event("AgentCalled", self._rung)
        ami.on_event("AgentConnect", self._over)
        ami.on_event("AgentRingNoAnswer", self._over)
        ami.on_event("Hangup", self._hung_up)
        ami.on_down.append(self._forget)

    def all(self) -> list[Ring]:
        """Every phone that rings, the latest last."""
        oldest = self._now() - LONGEST
        return [ring for ring in self._rings.values() if ring.since > oldest]

    def _rung(self, event: Event) -> None:
        if one := member(event):
            ring = Ring(one.extension, event.get("Uniqueid"), one.queue, self._now())
            self._rings[event.get("DestUniqueid")] = ring
            self._changed()

    def _over(self, event: Event) -> None:
        self._drop(event.get("DestUniqueid"))

    def _hung_up(self, event: Event) -> None:
        self._drop(event.get("Uniqueid"))

    def _drop(self, channel: str) -> None:
        if self._rings.pop(channel, None):
            self._changed()

    def _forget(self) -> None:
        self._rings.clear()
        self._changed()

    def _changed(self) -> None:
        for handler in self.on_change:
            handler()
