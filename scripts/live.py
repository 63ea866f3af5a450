"""Who works and who waits now, for people to look at: without names, numbers only in part."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from config.phones import masked
from ivr.agent_desk import AgentDesk
from ivr.ami import Ami, AmiDown
from ivr.waiting import WaitingCaller, waiting_callers


async def view(ami: Ami, desk: AgentDesk) -> Mapping[str, Any]:
    """Raises `AmiError`: nothing certain is known while the PBX is away."""
    if not ami.connected:
        raise AmiDown("the PBX cannot be reached: what its queues do is not known")
    now = desk.hours.now()
    waiting = [_shown(caller, now) for caller in await waiting_callers(ami)]
    return {"agents": desk.states(), "waiting": waiting}


def _shown(caller: WaitingCaller, now: datetime) -> Mapping[str, Any]:
    since = datetime.fromtimestamp(caller.since, UTC)
    return {
        "queue": caller.queue,
        "phone": masked(caller.phone),
        "since": since.isoformat(timespec="seconds"),
        "waited": round((now - since).total_seconds()),
        "channel": caller.channel,
    }
