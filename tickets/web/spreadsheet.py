"""Tables for spreadsheets, as CSV (RFC 4180): what somebody wrote stays text in every cell."""

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web

CSV = "text/csv"
MARK = "\ufeff"
"""By it spreadsheets know UTF-8."""
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """A text that a spreadsheet would take for a formula, or for a link to a program, has an
    apostrophe before it (OWASP: CSV injection), also behind spaces or a quote; numbers none."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float):
        return text
    return "'" + text if text.lstrip(" \"'\u00a0\ufeff").startswith(_BEGINS_FORMULA) else text


def lines(rows: Iterable[Sequence[object]]) -> str:
    """Rows as they stand in the file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([cell(one) for one in row] for row in rows)
    return out.getvalue()


async def begin(request: web.Request, name: str, heads: Sequence[str]) -> web.StreamResponse:
    """A file that browsers keep and never show, and its first line."""
    response = web.StreamResponse(
        headers={
            "Content-Type": f"{CSV}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
        }
    )
    await response.prepare(request)
    await response.write((MARK + lines([heads])).encode())
    return response
