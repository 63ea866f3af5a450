"""Who is a member of which queue, as the PBX tells it: what agents' states follow from.

Source: `app_queue.c`, the events `QueueMember*` and the list `QueueMember` of `QueueStatus`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.ami import Event

WRAP_UP, WRAP_UP_MORE, DEVICE_LOST = "wrap_up", "wrap_up_more", "device_lost"
"""Reasons of pauses that we make: after a talk, for as long as the agent wants, phone away."""
AUTO_PAUSE = "Auto-Pause"
"""The PBX's own, for who did not answer."""
AWAY = frozenset({4, 5})
"""Device states: the phone is invalid or unavailable."""
UNKNOWN = 0
_PHONE = re.compile(r"PJSIP/([1-9][0-9]{2,5})")


@dataclass(frozen=True, slots=True)
class Member:
    """An agent in one queue."""

    queue: str
    extension: str
    paused: bool
    reason: str
    penalty: int
    device: int
    """A device state, as `AST_DEVICE_…` counts them."""
    last_pause: int
    """Seconds since 1970 on the PBX's clock; 0 when it does not know, as after its restart."""


@dataclass(frozen=True, slots=True)
class AgentState:
    """What an agent does, in all queues alike."""

    state: str
    """`out`, `ready`, `paused` or `wrapping_up`."""
    reason: str = ""
    """Of the pause; `ring_no_answer` when the PBX made it."""


OUT, READY = AgentState("out"), AgentState("ready")


def member(event: Event) -> Member | None:
    """The member that an event tells of; None for one that is no agent's phone."""
    # In the list it is a location, in events an interface.
    found = _PHONE.fullmatch(event.get("Location") or event.get("Interface"))
    if found is None:
        return None
    return Member(
        event.get("Queue"),
        found[1],
        event.get("Paused") == "1",
        event.get("PausedReason"),
        _number(event.get("Penalty")),
        _number(event.get("Status")),
        _number(event.get("LastPause")),
    )


def state_of(memberships: Mapping[str, Member]) -> AgentState:
    """One state of an agent's members by queue."""
    if not memberships:
        return OUT
    paused = [one for _, one in sorted(memberships.items()) if one.paused]
    if not paused:
        return READY
    # Always the same one: while a change goes through the queues, the state changes once.
    reason = paused[0].reason
    if reason in (WRAP_UP, WRAP_UP_MORE):
        return AgentState("wrapping_up")
    return AgentState("paused", "ring_no_answer" if reason == AUTO_PAUSE else reason)


class Members:
    """All members, by extension and queue."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Member]] = {}

    def __iter__(self) -> Iterator[str]:
        """The extensions that are in any queue."""
        return iter(list(self._of))

    def of(self, extension: str) -> Mapping[str, Member]:
        return self._of.get(extension, {})

    def put(self, one: Member) -> None:
        self._of.setdefault(one.extension, {})[one.queue] = one

    def drop(self, queue: str, extension: str) -> None:
        queues = self._of.get(extension, {})
        queues.pop(queue, None)
        if not queues:
            self._of.pop(extension, None)

    def keep(self, known: set[tuple[str, str]]) -> None:
        """Drop every (queue, extension) that is not among these."""
        for extension in self:
            for queue in list(self.of(extension)):
                if (queue, extension) not in known:
                    self.drop(queue, extension)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
