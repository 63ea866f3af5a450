"""What commands print: tables and stories for people, JSON for programs, complaints on stderr."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

WIB = ZoneInfo("Asia/Jakarta")
PIPE_WIDTH = 160
"""Columns when nobody looks on: a table in a file need not fit a terminal."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
for console in (out, err):
    if not console.is_terminal:
        console.width = PIPE_WIDTH

Record = Mapping[str, Any]


def listing(records: Iterable[Record], columns: Sequence[str], *, as_json: bool) -> None:
    """Records as a JSON list with all they have, or as a table of some columns."""
    if as_json:
        document(list(records))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "))
    for record in records:
        table.add_row(*(Text(words(record[column])) for column in columns))
    out.print(table)


def record(values: Record, *, as_json: bool) -> None:
    """One record: as JSON, or a line a value."""
    if as_json:
        document(values)
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in values.items():
        table.add_row(Text(name.replace("_", " "), style="bold"), Text(words(value)))
    out.print(table)


def story(values: Record, *, as_json: bool) -> None:
    """A record, and below it a table of each list of records that it holds."""
    if as_json:
        document(values)
        return
    parts = {name: part for name, part in values.items() if _is_records(part)}
    record({name: v for name, v in values.items() if name not in parts}, as_json=False)
    for name, part in parts.items():
        out.print(f"\n[bold]{name}[/bold]")
        listing(part, list(part[0]), as_json=False)


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def document(value: Any) -> None:
    """JSON for programs; moments in ISO 8601."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def words(value: Any) -> str:
    """A value in a table; moments in WIB."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(WIB).strftime("%Y-%m-%d %H:%M:%S")
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name} {words(inner)}" for name, inner in value.items())
        case list():
            return ", ".join(map(words, value))
        case _:
            return str(value)


def said(text: str) -> None:
    """A plain line, broken where the terminal needs it."""
    out.print(Text(text), soft_wrap=not out.is_terminal)


def complaint(text: str) -> None:
    """What went wrong, on stderr."""
    err.print(f"[red]{escape(text)}[/red]", soft_wrap=True)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case _:
            return str(value)
