"""The calendar with a clock, as a call asks for it (`ivr.ports.Hours`)."""

from dataclasses import dataclass
from datetime import datetime

from config.calendar import WIB, Calendar, Closing
from config.calendar_file import Week
from config.clock import Clock


@dataclass(frozen=True, slots=True)
class Hours:
    calendar: Calendar
    clock: Clock

    def now(self) -> datetime:
        """The clock's idea of now, aware, in UTC."""
        return self.clock.now()

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
