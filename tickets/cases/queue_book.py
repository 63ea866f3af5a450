"""What holds in each queue, as `queues.yaml` says it."""

from collections.abc import Callable
from dataclasses import dataclass

from config.documents import ConfigError
from config.queues import Queue, Queues
from tickets.errors import TicketError
from tickets.rights import Actor, Right


class QueuesBroken(TicketError):
    """The file has a mistake: the service goes on with what it said before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRules:
    """A queue's rules. Times are in seconds."""

    queue: str
    on_pbx: list[str]
    """What the PBX calls it, language by language."""
    title: dict[str, str]
    categories: list[str]
    strategy: str
    ring: int
    wrap_up: int
    service_level: int
    weight: int
    max_wait: int
    max_length: int
    nobody: str
    overflow_to: str | None
    overflow_after: int | None
    tells_position: bool
    tells_wait: bool


@dataclass(frozen=True, slots=True)
class QueueBook:
    load: Callable[[], Queues]
    """Raises ConfigError."""

    def all(self, actor: Actor) -> list[QueueRules]:
        """In the file's order. Raises NotAllowed, QueuesBroken."""
        actor.need(Right.LIVE_READ)
        try:
            queues = self.load()
        except ConfigError as error:
            raise QueuesBroken(str(error)) from None
        return [_rules(queues, name, queue) for name, queue in queues.items()]


def _rules(queues: Queues, name: str, queue: Queue) -> QueueRules:
    return QueueRules(
        queue=name,
        on_pbx=[queues.on_pbx(name, language) for language in queue.languages],
        title={"id": queue.title.id, "en": queue.title.en},
        categories=[str(one) for one in queue.categories],
        strategy=queue.strategy,
        ring=queue.ring,
        wrap_up=queue.wrap_up,
        service_level=queue.service_level,
        weight=queue.weight,
        max_wait=queue.max_wait,
        max_length=queue.max_length,
        nobody=queue.nobody,
        overflow_to=queue.overflow.to if queue.overflow else None,
        overflow_after=queue.overflow.after if queue.overflow else None,
        tells_position=queue.announce.position,
        tells_wait=queue.announce.wait,
    )
