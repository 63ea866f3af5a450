"""The parts for agents and supervisors, introduced to one another."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.dispositions import load_dispositions
from config.settings import Settings
from ivr.agent_care import AgentCare
from ivr.agent_desk import AgentDesk
from ivr.agent_line import AgentLines
from ivr.ami import Ami
from ivr.feature_codes import FeatureCodes, Outward
from ivr.journal import Journal
from ivr.last_talks import LastTalks
from ivr.presence import Presence
from ivr.provisioning import Provisioning
from ivr.recorder import Recorder
from ivr.supervision import Supervision
from scripts.line_hours import LineHours
from scripts.phone_desk import PhoneTalks, desk_away
from tickets.closures import Closures
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class Door:
    """Fits `ivr.supervision.LineDoor`."""

    closures: Closures
    hours: LineHours
    look: Callable[[], Awaitable[None]]
    """Has the hours follow the closures at once."""

    async def close(self, reason: str, until: datetime | None, by: str) -> None:
        with desk_away():
            await self.closures.close_line(reason, until, by, self.hours.now())
        await self.look()

    async def reopen(self, by: str) -> int:
        with desk_away():
            lifted = await self.closures.reopen_line(by, self.hours.now())
        await self.look()
        return lifted


def make(
    settings: Settings,
    ami: Ami,
    store: Store,
    hours: LineHours,
    journal: Journal,
    provisioning: Provisioning,
    look_for_closures: Callable[[], Awaitable[None]],
    durations: Mapping[str, Mapping[str, float]],
) -> AgentDesk:
    """The agents' desk of an installation; its parts live by the link's events."""
    presence = Presence(
        ami,
        journal.tell,
        hours,
        lambda: provisioning.queues,
        lambda: provisioning.agents,
    )
    AgentCare(ami, presence)
    door = Door(Closures(store), hours, look_for_closures)
    talks = LastTalks(PhoneTalks(store))
    journal.on_fact.append(talks.hear)
    desk = AgentDesk(
        presence,
        Supervision(ami, presence, journal.tell, hours, door, settings.pbx.name),
        Recorder(ami),
        talks,
        load_dispositions(settings.files.dispositions),
        journal.tell,
        hours,
    )
    outward = Outward(settings.phones.dial, settings.pbx.trunk, settings.number)
    AgentLines(ami, durations, FeatureCodes(desk, outward).serve)
    return desk
