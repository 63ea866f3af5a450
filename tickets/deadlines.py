"""Until when a ticket must have been answered and dealt with, in working days of the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class WorkingDays(Protocol):
    """What `config.calendar.Calendar` does here."""

    def add_working_days(self, start: datetime, n: int) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The settings' working days (`deadlines`), counted by a calendar."""

    calendar: WorkingDays
    first_response: int
    categories: Mapping[str, int]
    """Working days by category, each named."""

    def first_response_due(self, opened_at: datetime) -> datetime:
        return self.calendar.add_working_days(opened_at, self.first_response)

    def deadline(self, opened_at: datetime, category: str) -> datetime:
        return self.calendar.add_working_days(opened_at, self.categories[category])
