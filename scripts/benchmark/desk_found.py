"""What was measured of the desk, and how it stands to the targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from statistics import median

from scripts.benchmark.found import percentile

RATIO = 1.5
"""An answer of the API against one of a bare handler with the same statements."""
P95_MS = 100.0
"""Of any list or search, among 100,000 tickets."""


@dataclass(slots=True)
class Pair:
    """One question, asked of the API and of the bare handler by turns; seconds, round by round."""

    ours: list[list[float]] = field(default_factory=list)
    bare: list[list[float]] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Of the medians, one a round."""
        return [
            median(ours) / median(bare) for ours, bare in zip(self.ours, self.bare, strict=True)
        ]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def medians_ms(self) -> tuple[float, float]:
        """Ours and the bare one's."""
        ours, bare = (list(chain(*rounds)) for rounds in (self.ours, self.bare))
        return median(ours) * 1000, median(bare) * 1000


@dataclass(slots=True)
class DeskFound:
    tickets: int
    pairs: Mapping[str, Pair]
    lists: Mapping[str, list[float]]
    """Seconds of each answer."""

    def p95_ms(self, name: str) -> float:
        return percentile([seconds * 1000 for seconds in self.lists[name]], 95)

    @property
    def within_targets(self) -> bool:
        near = all(pair.ratio <= RATIO for pair in self.pairs.values())
        return near and all(self.p95_ms(name) <= P95_MS for name in self.lists)
