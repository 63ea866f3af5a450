"""The ministry's month, as a page, as PDF and as CSV."""

from aiohttp import web

from tickets.month import Month
from tickets.rights import Right
from tickets.tiles import COLUMNS, ROWS, TILES, level
from tickets.web.api.month import MonthQuery, month_of
from tickets.web.language import Words
from tickets.web.month_paper import csv_of, kind, name_of, pdf_of, province, shown
from tickets.web.pages.listing import asked
from tickets.web.pages.page import Nav, Pages, Visit

pages = Pages("month", nav=Nav("nav.month", "/month", (Right.REPORTS_READ,)))

SIDE = 60
"""Of a tile, in the picture's own units."""


@pages.get("/month")
async def show_month(visit: Visit) -> web.StreamResponse:
    """This month, or the one that is asked for."""
    reports, words = visit.desk.month_reports, visit.words
    which = month_of(asked(visit, MonthQuery).month, reports)
    month = await reports.read(visit.actor, which)
    return visit.show(
        "month.html",
        month=month,
        name=name_of(month, words),
        earlier=which.before,
        later=which.after if which.first < reports.this_month().first else None,
        tiles=_tiles(month, words),
        width=COLUMNS * SIDE,
        height=ROWS * SIDE,
        provinces=[
            (province(code, words), value)
            for code, value in month.provinces.cells.items()
            if value != 0
        ],
        wanted=[(kind(one.kind, words), one) for one in month.wanted],
        shown=lambda value: shown(value, words),
    )


@pages.get("/month.pdf")
async def download_pdf(visit: Visit) -> web.StreamResponse:
    """In the page's language."""
    month = await _month(visit)
    pdf = pdf_of(month, visit.words, visit.desk.number, visit.desk.clock())
    return _file(pdf, "application/pdf", f"saluran-{month.month}.pdf")


@pages.get("/month.csv")
async def download_csv(visit: Visit) -> web.StreamResponse:
    """The same figures, one in each line."""
    month = await _month(visit)
    text = csv_of(month, visit.words).encode()
    return _file(text, "text/csv; charset=utf-8", f"saluran-{month.month}.csv")


async def _month(visit: Visit) -> Month:
    reports = visit.desk.month_reports
    return await reports.read(visit.actor, month_of(asked(visit, MonthQuery).month, reports))


def _file(content: bytes, kind_: str, name: str) -> web.Response:
    headers = {"Content-Type": kind_, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, headers=headers)


def _tiles(month: Month, words: Words) -> list[dict[str, object]]:
    """Each with its place, colour and words."""
    cells = month.provinces.cells
    most = max((value or 0 for value in cells.values()), default=0)
    return [
        {
            "x": tile.column * SIDE,
            "y": tile.row * SIDE,
            "short": tile.short,
            "name": province(code, words),
            "value": cells[code],
            "level": level(cells[code], most),
        }
        for code, tile in TILES.items()
    ]
