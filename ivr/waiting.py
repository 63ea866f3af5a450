"""The callers who stand in the queues now, as the PBX has them."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass

from ivr.ami import Ami, AmiRefused, Event, action
from ivr.callback_channels import half

_SECONDS = re.compile(r"[0-9]{1,11}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class WaitingCaller:
    """A caller, no callback's placeholder."""

    channel: str
    uniqueid: str
    queue: str
    """As the PBX names it."""
    since: float
    """Seconds since 1970: the original time that the place was earned by."""
    phone: str
    """As the network sent it."""


async def waiting_callers(ami: Ami) -> list[WaitingCaller]:
    """All of them, who waits longest first. Raises `AmiError`."""
    told = await ami.collect("QueueStatus", "QueueStatusComplete")
    entries = [
        event
        for event in told
        if event.name == "QueueEntry" and half(event.get("Uniqueid")) is None
    ]
    times = ami.post(
        [action("Getvar", Channel=entry.get("Channel"), Variable="IVR_SINCE") for entry in entries]
    )
    found = []
    for entry, answer in zip(entries, times, strict=True):
        with suppress(AmiRefused):  # Gone since the list was made.
            found.append(_caller(entry, (await answer).get("Value")))
    return sorted(found, key=lambda caller: caller.since)


def _caller(entry: Event, since: str) -> WaitingCaller:
    joined = time.time() - float(entry.get("Wait") or 0)
    return WaitingCaller(
        entry.get("Channel"),
        entry.get("Uniqueid"),
        entry.get("Queue"),
        float(since) if _SECONDS.fullmatch(since) else joined,
        entry.get("CallerIDNum"),
    )
