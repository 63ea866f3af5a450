"""Figures as lines of a table: the same columns on the command line, the page and in CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from config.calendar import WIB
from tickets.figures import AbandonedFigures, AgentFigures, CallbackFigures, QueueFigures

Section = Literal["queues", "agents", "callbacks", "abandoned"]
SECTIONS: tuple[Section, ...] = get_args(Section)
KINDS: dict[Section, type] = {
    "queues": QueueFigures,
    "agents": AgentFigures,
    "callbacks": CallbackFigures,
    "abandoned": AbandonedFigures,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns(section: Section) -> list[str]:
    """What was counted, then what follows from it, in the order of their definition."""
    kind = KINDS[section]
    assert is_dataclass(kind)
    derived = [name for name, member in vars(kind).items() if isinstance(member, property)]
    return [field.name for field in fields(kind)] + derived


def lines(section: Section, figures: Iterable[Any]) -> list[dict[str, Any]]:
    names = columns(section)
    return [{name: _round(getattr(one, name)) for name in names} for one in figures]


def as_csv(names: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """With the same headers for ever; times in Jakarta's zone."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _round(value: Any) -> Any:
    return round(value, 1) if isinstance(value, float) and value >= 1 else value


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(WIB).isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        # A spreadsheet would calculate it.
        return f"'{value}"
    return value
