"""Callbacks on the PBX: placeholders are made, led on and found again.

The other side is config/asterisk/extensions_callback.conf. A placeholder's two halves have unique
ids of our making, which the PBX gives to one channel only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from config.phones import national, normalise
from config.settings_groups import Callbacks
from ivr.ami import Ami, Event
from ivr.callback_whisper import whisper
from ivr.ids import new_id
from ivr.ports_queue import DueCallback

CONTEXT = "saluran-callback"
ASKING = "ask"
"""The extension in which the agent has heard the whisper and the service is asked."""
WAITING = "hold"
"""The extension until an agent answers."""
NOT_CALLERS = re.compile(r"saluran-(agent|callback.*)")
STAND = 6 * 3600
"""Seconds that a placeholder stands in a queue at most."""
_HALF = re.compile(r"callback-([0-9a-f-]{36})-([12])")


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a placeholder is put, and whom it is for."""

    position: int
    phone: str
    refusable: bool


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two channels of a placeholder."""

    attempt: UUID
    queued: bool
    """The one that stands in the queue; the other one talks with the agent and dials."""


def half(uniqueid: str) -> Half | None:
    """Which half a channel is; None for a channel that is no placeholder's."""
    found = _HALF.fullmatch(uniqueid)
    return Half(UUID(found[1]), found[2] == "1") if found else None


class CallbackChannels:
    """What is asked of the PBX. Everything raises `AmiError`."""

    def __init__(self, ami: Ami, policy: Callbacks, trunk: str, shown: str) -> None:
        """`trunk`: how a number is dialled, with `{number}`. `shown`: our number."""
        self._ami, self._policy, self._trunk, self._shown = ami, policy, trunk, shown

    async def place(self, due: DueCallback, placing: Placing) -> None:
        """Put a placeholder into a queue."""
        name = f"callback-{due.attempt}"
        variables = self._variables(due, placing)
        await self._ami.ask(
            "Originate",
            Channel=f"Local/{WAITING}@{CONTEXT}/n",
            Context=CONTEXT,
            Exten="place",
            Priority="1",
            Async="true",
            Timeout="10000",
            CallerID=f"<{national(placing.phone)}>",
            ChannelId=f"{name}-1",
            OtherChannelId=f"{name}-2",
            Variable=[f"{key}={value}" for key, value in variables.items()],
        )

    async def lead(self, talking: str, extension: str) -> None:
        """Send the half that talks with the agent on: `dial`, or why not."""
        await self._ami.ask(
            "Redirect", Channel=talking, Context=CONTEXT, Exten=extension, Priority="1"
        )

    async def withdraw(self, queued: str) -> None:
        """Take a placeholder out of its queue.

        Not by `QueueWithdrawCaller`, which lets an agent's phone ring to the end."""
        await self._ami.ask("Hangup", Channel=queued)

    async def all(self) -> list[Event]:
        """Every channel, as `Status` tells it. No variable is asked for: values come unescaped."""
        return await self._ami.collect("Status", "StatusComplete", AllVariables="false")

    def _variables(self, due: DueCallback, placing: Placing) -> Mapping[str, object]:
        number, policy = national(placing.phone), self._policy
        return {
            "__IVR_CALLBACK": due.id,
            "__IVR_ATTEMPT": due.attempt,
            "IVR_ENTRY_ID": new_id(),
            "IVR_SINCE": int(due.since.timestamp()),
            "IVR_QUEUE": due.queue,
            "IVR_POSITION": placing.position,
            "IVR_WAIT": STAND,
            "QUEUE_PRIO": due.priority,
            "IVR_WHISPER": whisper(due, placing.phone, refusable=placing.refusable),
            "IVR_PAUSE": policy.refuse_seconds,
            "IVR_REFUSABLE": int(placing.refusable),
            "IVR_DIAL": self._trunk.format(number=number),
            "IVR_NUMBER": number,
            "IVR_RING": policy.ring_seconds,
            "IVR_SHOWN": self._shown,
            "__IVR_MACHINES": int(policy.machines),
        }


def on_the_line(channels: Iterable[Event]) -> set[str]:
    """The phones, as E.164, that are on a call of the hotline."""
    contexts = ((event, event.get("Context")) for event in channels)
    callers = (
        normalise(event.get("CallerIDNum"))
        for event, context in contexts
        if context.startswith("saluran-") and not NOT_CALLERS.fullmatch(context)
    )
    return {phone for phone in callers if phone}
