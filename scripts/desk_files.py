"""What the desk reads of files that others change meanwhile: each as it is now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from config.calendar import Calendar
from config.dispositions import Disposition, load_dispositions
from config.documents import ConfigError, stamp, text_of
from config.queues import load_queues
from config.settings import Settings
from scripts.menu_tool import MenuTool
from tickets.cases.insight import Picture, StepReached
from tickets.cases.names import Names, QueueName
from tickets.menu_side import MenuRefused, Titles
from tickets.store import Store

log = structlog.get_logger()
SaidT = TypeVar("SaidT")


class CalendarFile:
    """The calendar as its file is now: a new holiday counts without a restart."""

    def __init__(self, settings: Settings) -> None:
        """Raises `ConfigError`."""
        self._path = settings.files.calendar
        self._hours = settings.hours
        self._changed = self._path.stat().st_mtime_ns if self._path.exists() else 0
        self._calendar = Calendar.load(self._path, self._hours)

    def add_working_days(self, start: datetime, n: int) -> datetime:
        return self.now().add_working_days(start, n)

    def next_opening(self, after: datetime) -> datetime | None:
        return self.now().next_opening(after)

    def now(self) -> Calendar:
        self._refresh()
        return self._calendar

    def _refresh(self) -> None:
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._changed:
                self._changed = changed
                self._calendar = Calendar.load(self._path, self._hours)
        except (OSError, ConfigError) as error:
            log.error("calendar.refused", problems=str(error), remedy="the old one stays in use")


class KeptFile(Generic[SaidT]):
    """What a file says now; a broken one is told, and what it said before stays in use."""

    def __init__(
        self, path: Path, load: Callable[[Path], SaidT], without: SaidT | None = None
    ) -> None:
        """`without` stands for one that is broken from the beginning; raises what `load` does where
        there is none."""
        self._path, self._load = path, load
        self._seen = stamp(path)
        try:
            self._said = load(path)
        except (ConfigError, MenuRefused) as error:
            if without is None:
                raise
            self._told(error)
            self._said = without

    def now(self) -> SaidT:
        if (seen := stamp(self._path)) != self._seen:
            self._seen = seen
            try:
                self._said = self._load(self._path)
            except (ConfigError, MenuRefused) as error:
                self._told(error)
        return self._said

    def _told(self, error: Exception) -> None:
        remedy = "what it said before stays in use"
        log.error("file.refused", file=self._path.name, problems=str(error), remedy=remedy)


def make_names(store: Store, queues: Path, flow: Path, menu: MenuTool) -> Names:
    """What people call queues and steps. Raises `ConfigError`."""
    steps: KeptFile[Titles] = KeptFile(flow, lambda path: menu.titles(text_of(path)), without={})
    return Names(store, KeptFile(queues, queue_names).now, steps.now)


def queue_names(path: Path) -> dict[str, QueueName]:
    """By the PBX's names. Raises `ConfigError`."""
    queues = load_queues(path)
    return {
        (on_pbx := queues.on_pbx(name, language)): QueueName(
            {"id": queue.title.id, "en": queue.title.en}, language if on_pbx != name else ""
        )
        for name, queue in queues.items()
        for language in queue.languages
    }


def codes_of(settings: Settings) -> Mapping[str, Disposition]:
    """Every code by which an agent may say what became of a talk."""
    known = load_dispositions(settings.files.dispositions)
    codes = dict(known.common)
    for more in known.categories.values():
        codes |= more
    return codes


def menu_picture(file: Path, menu: MenuTool) -> Picture:
    """Draws the menu as it is in its file now, with counts; nothing while that is broken."""

    def draw(reached: Mapping[str, StepReached], language: str) -> str:
        counts = {name: (one.calls, one.left) for name, one in reached.items()}
        try:
            return menu.funnel(text_of(file), language, counts)
        except (ConfigError, MenuRefused) as error:
            log.error("menu.not_drawn", problems=str(error))
            return ""

    return draw


def service_levels(settings: Settings) -> Mapping[str, float]:
    """Seconds by every name that the PBX may have for a queue."""
    queues = load_queues(settings.files.queues)
    return {
        queues.on_pbx(name, language): float(queue.service_level)
        for name, queue in queues.items()
        for language in queue.languages
    }
