"""`saluran report month`: the ministry's figures on the command line, as CSV and as PDF."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

from config.calendar import WIB
from config.settings import Settings
from scripts.cli import show
from scripts.cli.store import store
from tickets.month import MonthOf, Months
from tickets.web.language import dictionaries
from tickets.web.month_paper import csv_of, lines_of, pdf_of, shown


async def tell(
    settings: Settings, month: str | None, pdf: Path | None, language: str, csv: bool, json: bool
) -> None:
    """Raises ValueError for what is no month that has begun, StoreAway."""
    now, words = settings.clock.now(), dictionaries()[language]
    this = MonthOf.of(now.astimezone(WIB).date())
    which = _month(month) if month else this.before
    if which.first > this.first:
        raise ValueError(f"{which} is to come")
    async with store(settings) as opened:
        found = await Months(opened, now).read(which)
    if pdf is not None:
        _keep(pdf, pdf_of(found, words, settings.number, now))
    if json:
        show.document(asdict(found))
    elif csv:
        print(csv_of(found, words), end="")
    elif pdf is None:
        rows = [
            {"section": section, "name": name, "value": shown(value, words)}
            for section, _, name, value, _ in lines_of(found, words)
        ]
        show.listing(rows, ("section", "name", "value"), as_json=False)


def _month(text: str) -> MonthOf:
    try:
        return MonthOf(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise ValueError(f"{text!r} is no month — write it like 2026-11") from None


def _keep(file: Path, content: bytes) -> None:
    file.write_bytes(content)
