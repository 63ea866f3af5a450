"""Rates: so many requests a second, with some at once, of each who asks."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST = 10_000
"""Of so many the rate is remembered, the latest."""


class Rates:
    """A bucket of tokens for each key, filled at `rate` a second up to `burst`."""

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take a token; 0, or the seconds until there is one."""
        left = self._left(key)
        self._keep(key, max(left - 1, 0.0) if left >= 1 else left)
        return 0.0 if left >= 1 else (1 - left) / self._rate

    def left(self, key: Hashable) -> bool:
        """Whether there is a token, which stays there."""
        return self._left(key) >= 1

    def _left(self, key: Hashable) -> float:
        left, since = self._buckets.get(key, (self._burst, self._clock()))
        return min(self._burst, left + (self._clock() - since) * self._rate)

    def _keep(self, key: Hashable, left: float) -> None:
        self._buckets[key] = (left, self._clock())
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
