"""The calendar with the service's clock, as calls ask for it (`ivr.ports.Hours`)."""

from collections.abc import Sequence
from datetime import datetime

from config.calendar import WIB, Calendar, Closing, Closure
from config.calendar_file import Week
from config.clock import Clock


class Hours:
    """Holds the calendar that counts now: a reload or an emergency replaces it between two calls
    of a method, never within one."""

    def __init__(self, calendar: Calendar, clock: Clock) -> None:
        self.calendar = calendar
        self._clock = clock

    def now(self) -> datetime:
        """The service's idea of now, aware, in UTC."""
        return self._clock.now()

    @property
    def week(self) -> Week:
        """The hours per weekday to speak today."""
        return self.calendar.week_on(self.now().astimezone(WIB).date())

    def closing(self, at: datetime) -> Closing | None:
        """Why the line is closed at a moment; None when open."""
        return self.calendar.closing(at)

    def next_opening(self, after: datetime) -> datetime | None:
        """The first open moment at or after this one; None if none within 400 days."""
        return self.calendar.next_opening(after)

    def close(self, closures: Sequence[Closure]) -> None:
        """These emergency closures hold from now on, and no others."""
        self.calendar = self.calendar.closed_by(closures)

    def replace(self, calendar: Calendar) -> None:
        """Another calendar from now on; emergency closures stay."""
        self.calendar = calendar.closed_by(self.calendar.closures)
