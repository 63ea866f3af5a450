"""The office of a shift: an installation of its own, whose hours have a break near the end.

The clock is set to a working day. The break is in the calendar, so that closing, sweep, opening and
the callbacks that were promised for the opening all come about within the minutes of the run.
"""

import asyncio
import json
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.calendar import WIB
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from scripts.embedded.progress import step
from tests.calls.hotline import Hotline

MORNING = datetime(2026, 11, 25, 10, 0, tzinfo=WIB)
"""A Wednesday. Ten o'clock, so that a run lies within one hour of the report."""
HEAD_START = timedelta(seconds=20)
"""The first caller rings so long after the full minute."""
BREAK = timedelta(minutes=1)
WRAP_UP = 3
RING = 8
SERVICE_LEVEL = 10
QUEUES = f"""
default: umum
queues:
  umum:
    title: {{id: Umum, en: General}}
    languages: [id, en]
    ring: {RING}
    wrap_up: {WRAP_UP}
    service_level: {SERVICE_LEVEL}
    max_wait: 90
    announce: {{position: true, wait: true}}
    music: saluran-queue
  produsen:
    title: {{id: Produsen, en: Producers}}
    languages: [id, en]
    categories: [GANTI, STOK, KUR, LATIH]
    ring: {RING}
    wrap_up: {WRAP_UP}
    service_level: {SERVICE_LEVEL}
    max_wait: 90
    overflow: {{to: umum, after: 25}}
  pengaduan:
    title: {{id: Pengaduan, en: Complaints}}
    languages: [id, en]
    categories: [DARING, SELUNDUP, TERTIB, LAYANAN]
    ring: {RING}
    wrap_up: {WRAP_UP}
    service_level: {SERVICE_LEVEL}
    weight: 1
    max_wait: 60
"""
CALENDAR = """
week:
{days}
overrides: []
"""
ATTEMPTS = 3
CALLBACKS = {
    "attempts": ATTEMPTS,
    "again_minutes": [1],
    "busy_minutes": 1,
    "ring_seconds": 8,
    "late_minutes": 5,
}

SLOTS = {"minutes": 5, "notice_minutes": 0, "capacity": 50}


class House(Hotline):
    """The installation, and what it says of itself."""

    def __init__(self, installation: Installation, minutes: int) -> None:
        super().__init__(installation)
        self.minutes = minutes
        closing = max(1, round(minutes * 0.7))
        self.closes = MORNING + timedelta(minutes=closing)
        self.opens = self.closes + BREAK
        self.ends = MORNING + HEAD_START + timedelta(minutes=minutes)

    def since_start(self) -> float:
        """Seconds since the first caller could ring."""
        return (self.now() - MORNING - HEAD_START).total_seconds()

    @property
    def seconds(self) -> float:
        return self.minutes * 60.0

    async def sleep_until(self, at: float) -> None:
        """Until so many seconds after the start."""
        await asyncio.sleep(max(0.0, at - self.since_start()))

    async def live(self) -> dict[str, Any]:
        return await asyncio.to_thread(self._live)

    def _live(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.installation.endpoints['http']}/live") as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
            return told


def prepare(installation: Installation, house: House) -> None:
    """Start everything; the clock stands at the morning when the service starts."""
    folder = installation.state.folder
    with step("PostgreSQL"):
        installation.prepare()
        installation.start_postgres()
    write(folder, house)
    with step("Tables"):
        installation.migrate()
    with step("Asterisk"):
        installation.start_asterisk()
    with step("Service"):
        installation.change(replace(installation.options, clock_offset=_offset()))
        installation.start_service()


def options(folder: Path, sounds: Path) -> Options:
    files = {
        "sounds": str(sounds),
        "queues": str(folder / "shift-queues.yaml"),
        "calendar": str(folder / "shift-calendar.yaml"),
    }
    settings = {"callbacks": CALLBACKS, "slots": SLOTS, "files": files}
    return Options(hours="office", clock_offset=_offset(), settings=settings)


def _offset() -> float:
    return (MORNING - datetime.now(UTC)).total_seconds()


def write(folder: Path, house: House) -> None:
    """Its queues and hours, where `options` says that they are."""
    (folder / "shift-queues.yaml").write_text(QUEUES, encoding="utf-8")
    hours = f"[08:00-{house.closes:%H:%M}, {house.opens:%H:%M}-16:00]"
    names = ("monday", "tuesday", "wednesday", "thursday", "friday")
    days = "\n".join(f"  {day}: {hours}" for day in names)
    (folder / "shift-calendar.yaml").write_text(CALENDAR.format(days=days), encoding="utf-8")
