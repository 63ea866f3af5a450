"""What is due to be destroyed, as those see it who answer for it; a run is the operator's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tickets.privacy.keeping import Due, Retention
from tickets.rights import Actor, Right


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """Raises NotAllowed and StoreAway."""

    retention: Retention
    clock: Callable[[], datetime]

    async def due(self, actor: Actor) -> list[Due]:
        """What a run would destroy now; nothing is changed."""
        actor.need(Right.PRIVACY)
        return await self.retention.due(self.clock())
