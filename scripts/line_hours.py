"""The service's hours: the calendar, its clock, and emergency closures; published to the PBX."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from config import speech
from config.calendar import WIB, Calendar, Closure
from config.documents import ConfigError
from config.settings import Settings
from ivr import hours_file
from ivr.ports import Closing

log = structlog.get_logger()


class LineHours:
    """Fits `ivr.ports.Hours`."""

    def __init__(self, settings: Settings) -> None:
        """Raises `ConfigError` for a bad calendar."""
        self._settings = settings
        self._clock = settings.clock
        self._closures_file = settings.state / "closures.json"
        self._calendar = Calendar.load(settings.files.calendar, settings.hours)
        self._calendar = self._calendar.closed_by(_read_closures(self._closures_file))

    @property
    def calendar(self) -> Calendar:
        return self._calendar

    def now(self) -> datetime:
        return self._clock.now()

    def closing(self, at: datetime) -> Closing | None:
        closing = self._calendar.closing(at)
        return Closing(closing.reason, closing.name) if closing else None

    def next_opening(self, after: datetime) -> datetime | None:
        return self._calendar.next_opening(after)

    def week(self) -> speech.Week:
        """The usual hours around today."""
        return self._calendar.week_on(self.now().astimezone(WIB).date())

    def add_working_days(self, start: datetime, n: int) -> datetime:
        return self._calendar.add_working_days(start, n)

    def reload(self) -> None:
        """Take the calendar file's new content, or refuse it and stay with the old."""
        try:
            calendar = Calendar.load(self._settings.files.calendar, self._settings.hours)
        except ConfigError as error:
            log.error("calendar.refused", problems=str(error))
            return
        self._calendar = calendar.closed_by(self._calendar.closures)
        log.info("calendar.loaded")
        self.publish()

    def close_by(self, closures: Sequence[Closure]) -> None:
        """Take the emergency closures that hold now; kept for a start without PostgreSQL."""
        if tuple(closures) == self._calendar.closures:
            return
        self._calendar = self._calendar.closed_by(closures)
        log.info("hours.closures", closures=len(closures))
        _write_closures(self._closures_file, closures)
        self.publish()

    def publish(self) -> None:
        """Write what the PBX needs to know the hours alone; called daily and at every change."""
        try:
            hours_file.publish(
                self._settings.files.hours,
                hours_file.days_of(self._calendar, self.now().astimezone(WIB).date()),
                speech.hours(self.week(), "id"),
            )
            hours_file.publish_closures(
                self._settings.files.hours, self._calendar.closures, self.now()
            )
        except OSError as error:
            log.error("hours.not_published", reason=str(error), remedy="check disk and rights")


def _read_closures(file: Path) -> list[Closure]:
    try:
        return [
            (datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None, why)
            for since, until, why in json.loads(file.read_text())
        ]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        log.error("hours.closures_unreadable", reason=str(error), remedy="PostgreSQL tells anew")
        return []


def _write_closures(file: Path, closures: Sequence[Closure]) -> None:
    rows = [
        (since.isoformat(), until.isoformat() if until else None, why)
        for since, until, why in closures
    ]
    temporary = file.with_name(f".{file.name}")
    temporary.write_text(json.dumps(rows))
    temporary.replace(file)
