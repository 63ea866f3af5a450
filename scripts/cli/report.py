"""`saluran report`: figures of queues, agents and callbacks; agents that a forecast needs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from scripts.cli import show
from scripts.cli.place import Here, Json

if TYPE_CHECKING:
    from config.settings import Settings
    from tickets.reports import Period

app = App(name="report", help="Figures of queues, agents and callbacks; docs/reports.md says how.")

Section = Literal["queues", "agents", "callbacks", "abandoned"]
Interval = Literal["15min", "hour", "day"]
STEPS = {
    "15min": timedelta(minutes=15),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
Csv = Annotated[bool, Parameter(name="--csv", help="Print CSV, with the same headers for ever.")]
Day = Annotated[str | None, Parameter(help="Such as 2026-11-27; today unless given.")]


@app.command(name="day")
async def day_(
    day: Day = None,
    *,
    place: Here,
    section: Section = "queues",
    interval: Interval = "hour",
    as_csv: Csv = False,
    json: Json = False,
) -> None:
    """The figures of a day, by the hour.

    Parameters
    ----------
    section
        Which figures.
    interval
        How finely.
    """
    from tickets.reports import Period

    settings = place.settings()
    await _report(
        settings, Period.day(_date(day, settings), STEPS[interval]), section, as_csv, json
    )


@app.command(name="week")
async def week_(
    day: Day = None,
    *,
    place: Here,
    section: Section = "queues",
    interval: Interval = "day",
    as_csv: Csv = False,
    json: Json = False,
) -> None:
    """The figures of the week that a day is in, from Monday, by the day.

    Parameters
    ----------
    section
        Which figures.
    interval
        How finely.
    """
    from tickets.reports import Period

    settings = place.settings()
    await _report(
        settings, Period.week(_date(day, settings), STEPS[interval]), section, as_csv, json
    )


@app.command(name="month")
async def month_(
    month: Annotated[
        str | None, Parameter(help="Such as 2026-11; the last one that is over unless given.")
    ] = None,
    *,
    place: Here,
    pdf: Annotated[Path | None, Parameter(help="Write the paper for the ministry here.")] = None,
    language: Literal["id", "en"] = "id",
    as_csv: Csv = False,
    json: Json = False,
) -> None:
    """How many people came in a month, from where, what became of it; no small groups.

    Parameters
    ----------
    language
        Of PDF, CSV and table.
    """
    from scripts.cli.month import tell

    await tell(place.settings(), month, pdf, language, as_csv, json)


@app.command
def staffing(
    *,
    calls: float,
    talk: float,
    level: str = "80/20",
    wrap: float = 0,
    patience: float | None = None,
    as_csv: Csv = False,
    json: Json = False,
) -> None:
    """How many agents a forecast needs, and what fewer or more come to.

    Parameters
    ----------
    calls
        Calls in an hour.
    talk
        Seconds of a talk in the mean.
    level
        The service level: percent answered within so many seconds.
    wrap
        Seconds of wrap-up in the mean.
    patience
        Seconds after which a caller hangs up in the mean; without it nobody does.
    """
    from config.erlang import Forecast, table

    share, threshold = _level(level)
    lines = table(Forecast(calls, talk + wrap, patience), share, threshold)
    rounded = [{name: round(value, 4) for name, value in asdict(line).items()} for line in lines]
    _print(rounded, list(rounded[0]), as_csv, json)


async def _report(
    settings: "Settings", period: "Period", section: Section, as_csv: bool, as_json: bool
) -> None:
    from scripts.cli.store import store
    from tickets.report_lines import columns, lines
    from tickets.reports import Reports

    async with store(settings) as opened:
        reports = Reports(
            opened,
            settings.clock.now(),
            _service_levels(settings),
            timedelta(minutes=settings.callbacks.late_minutes),
        )
        figures = await getattr(reports, section)(period)
    _print(lines(section, figures), columns(section), as_csv, as_json)


def _service_levels(settings: "Settings") -> dict[str, float]:
    """By every name that the PBX may have for a queue."""
    from config.queues import load_queues

    queues = load_queues(settings.files.queues)
    return {
        queues.on_pbx(name, language): float(queue.service_level)
        for name, queue in queues.items()
        for language in queue.languages
    }


def _print(
    rows: Sequence[dict[str, Any]], columns: Sequence[str], as_csv: bool, as_json: bool
) -> None:
    from tickets.report_lines import as_csv as written

    if as_csv:
        print(written(columns, rows), end="")
    else:
        show.listing(rows, columns, as_json=as_json)


def _date(text: str | None, settings: "Settings") -> date:
    from config.calendar import WIB

    if text is None:
        return settings.clock.now().astimezone(WIB).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day — write it like 2026-11-27") from None


def _level(text: str) -> tuple[float, float]:
    percent, _, seconds = text.partition("/")
    try:
        share, threshold = float(percent) / 100, float(seconds)
    except ValueError:
        raise ValueError(f"{text!r} is no service level — write it like 80/20") from None
    return share, threshold
