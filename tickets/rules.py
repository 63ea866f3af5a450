"""What the desk goes by when facts become rows."""

from dataclasses import dataclass
from datetime import timedelta

from tickets.deadlines import Deadlines

ABANDONED_AFTER = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Rules:
    deadlines: Deadlines
    abandoned_after: timedelta = ABANDONED_AFTER
    """Who hangs up in a queue sooner asked for nothing, and is not called back."""
