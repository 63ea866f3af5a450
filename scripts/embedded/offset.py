"""From a wall-clock time that the demo is told to how far its clocks are ahead."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


def clock_offset(told: str | None, now: datetime | None = None) -> float:
    """Seconds from now to `told`, an ISO 8601 time (in WIB when it names no zone); 0 for None.

    Raises ValueError for anything else.
    """
    if told is None:
        return 0.0
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=WIB)
    return (moment - (now or datetime.now(UTC))).total_seconds()
