"""What people call things that rows know by short names: queues, steps of the menu, colleagues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tickets.menu_side import Titles
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Store


@dataclass(frozen=True, slots=True)
class QueueName:
    title: Mapping[str, str]
    """By language."""
    callers: str = ""
    """The language of its callers, for a queue that is another one's twin."""


@dataclass(frozen=True, slots=True)
class Names:
    store: Store
    queues: Callable[[], Mapping[str, QueueName]]
    """By the PBX's names, as the file is now."""
    steps: Callable[[], Titles]
    """As the menu is now; steps of older ones that are gone have no title."""

    async def staff(self, actor: Actor) -> Mapping[str, str]:
        """Of everybody who works here or did, by login and by extension. Raises NotAllowed,
        StoreAway."""
        actor.need(Right.LINE_READ)  # which every role has
        async with self.store.connection() as connection:
            return {row["key"]: row["name"] for row in await connection.fetch(SQL["staff_names"])}
