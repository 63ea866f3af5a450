"""The service's idea of now."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock, moved by `offset` for a demo that plays at another time.

    Now follows the system's clock wherever it jumps: hours, deadlines and the times of facts must
    agree with the callers' own watches, and a clock kept from going back would stay wrong for as
    long as the jump was. So `now` may go back, and the order of facts comes from their own
    sequence, never from their time. What measures a length uses `stopwatch`, which never jumps.
    """

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def stopwatch(self) -> float:
        """Seconds since some moment in the past, unmoved by clock jumps."""
        return time.monotonic()
