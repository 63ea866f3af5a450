"""The documented limits: 80 messages a second from one number; to one user one in six seconds, of
which up to 45 may be used up in advance."""

from collections.abc import Callable
from dataclasses import dataclass, field

from scripts.whatsapp_imitation.refusals import Refusal

TINY = 1e-6
"""Seconds: what sums of them are rounded by."""


@dataclass
class Rates:
    """`now` is in seconds, and only ever rises."""

    now: Callable[[], float]
    per_second: float = 80.0
    pair_seconds: float = 6.0
    pair_burst: int = 45
    _all: float = 0.0
    _pairs: dict[str, float] = field(default_factory=dict)
    """When what was used up in advance is made good (GCRA's theoretical arrival time)."""

    def take(self, user: str) -> None:
        """Raises Refusal."""
        now = self.now()
        everybody, pair = max(self._all, now), max(self._pairs.get(user, 0.0), now)
        if everybody - now > 1 - 1 / self.per_second + TINY:
            raise Refusal(130429)
        if pair - now > self.pair_seconds * (self.pair_burst - 1) + TINY:
            raise Refusal(131056)
        self._all = everybody + 1 / self.per_second
        self._pairs[user] = pair + self.pair_seconds
