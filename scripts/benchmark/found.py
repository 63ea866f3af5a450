"""What was measured, and how it stands to the targets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

CPU_RATIO = 1.5
"""CPU of a call, Asterisk and service, against the same call in dialplan."""
LATER_MS = 40.0
"""How much later than in dialplan the slowest of a hundred keys may be answered."""
IDLE_MB = 120.0
CALL_KB = 50.0


@dataclass(slots=True)
class Kind:
    """What calls of one kind cost."""

    cpu: list[float] = field(default_factory=list)
    """Seconds a call, one value a round."""
    delays: list[float] = field(default_factory=list)
    """Seconds from a key to the audio it brings, of all calls."""

    @property
    def cpu_ms(self) -> float:
        return median(self.cpu) * 1000

    @property
    def delay_ms(self) -> tuple[float, float, float]:
        """Least, median, and 99th of a hundred."""
        delays = [delay * 1000 for delay in self.delays]
        return min(delays), median(delays), percentile(delays, 99)


@dataclass(slots=True)
class Found:
    native: Kind = field(default_factory=Kind)
    ours: Kind = field(default_factory=Kind)
    idle_kb: int = 0
    """The service's resident memory right after its start."""
    empty_kb: int = 0
    """The same after all the calls, with none left."""
    standing_kb: int = 0
    """The same while `standing` callers stand in a menu."""
    standing: int = 0

    @property
    def cpu_ratio(self) -> float:
        return self.ours.cpu_ms / self.native.cpu_ms

    @property
    def later_ms(self) -> float:
        return self.ours.delay_ms[2] - self.native.delay_ms[2]

    @property
    def idle_mb(self) -> float:
        return self.idle_kb / 1024

    @property
    def call_kb(self) -> float:
        return (self.standing_kb - self.empty_kb) / self.standing

    @property
    def within_targets(self) -> bool:
        return (
            self.cpu_ratio <= CPU_RATIO
            and self.later_ms <= LATER_MS
            and self.idle_mb <= IDLE_MB
            and self.call_kb <= CALL_KB
        )


def percentile(values: Sequence[float], which: int) -> float:
    """The value that `which` of a hundred do not exceed."""
    return quantiles(values, n=100, method="inclusive")[which - 1]
