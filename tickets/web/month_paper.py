"""A month's figures as CSV and as PDF, for the ministry."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as PaperTable

from config.goods import goods
from config.regions import regions
from tickets.month import UNKNOWN, Month
from tickets.tiles import COLUMNS, ROWS, TILES, level
from tickets.web import shown_times, spreadsheet
from tickets.web.language import Words

HEADS = ("month", "section", "key", "name", "value", "withheld", "producers")
"""For ever; new ones come at the end."""
SHADES = tuple(
    map(colors.HexColor, ("#f4f5f7", "#fff4d6", "#fddf97", "#f9bf58", "#f2994a", "#e8744f"))
)
_INK = colors.HexColor("#1d2530")
_GREY = colors.HexColor("#5b6572")
_LINE = colors.HexColor("#b9c0c8")


def csv_of(month: Month, words: Words) -> str:
    """Every figure is a line; one that is left out has no value and says so in `withheld`."""
    rows = (
        (month.month, section, key, name, value, 1 if value is None else 0, producers)
        for section, key, name, value, producers in lines_of(month, words)
    )
    return spreadsheet.MARK + spreadsheet.lines([HEADS, *rows])


def lines_of(month: Month, words: Words) -> Iterator[tuple[str, str, str, int | None, object]]:
    """Section, key, name and figure of each line, and for goods who offers them."""
    for key, value in month.figures.items():
        yield "figure", key, words(f"month.figure.{key}"), value, ""
    for key, value in month.provinces.cells.items():
        yield "province", key, province(key, words), value, ""
    yield "province", "total", words("month.total"), month.provinces.total, ""
    for key, value in month.wishes.cells.items():
        yield "wish", key, words(f"month.wish_kind.{key}"), value, ""
    yield "wish", "total", words("month.total"), month.wishes.total, ""
    for one in month.wanted:
        yield "goods", one.kind, kind(one.kind, words), one.people, one.producers
    for name, value in month.partners.items():
        yield "institution", name, name, value, ""


def province(code: str, words: Words) -> str:
    """By its name."""
    return words("month.unknown") if code == UNKNOWN else regions().provinces[code].name


def kind(name: str, words: Words) -> str:
    """Goods by what people call them."""
    if name == UNKNOWN:
        return words("month.unknown")
    return getattr(goods().kinds[name], words.language, name)


def shown(value: int | None, words: Words) -> str:
    """A figure, or the mark of one that is left out."""
    return words("month.mark") if value is None else str(value)


def pdf_of(month: Month, words: Words, number: str, made: datetime) -> bytes:
    """A4, with the line's number in its title; the same month and moment are the same bytes."""
    title = f"{words('month.paper_title', number=number)}: {name_of(month, words)}"
    out = BytesIO()
    edge = 18 * mm
    paper = SimpleDocTemplate(
        out,
        pagesize=A4,
        title=title,
        author="Saluran",
        lang=words.language,
        invariant=1,
        leftMargin=edge,
        rightMargin=edge,
        topMargin=edge,
        bottomMargin=edge,
    )

    def foot(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(_GREY)
        canvas.drawString(edge, 10 * mm, title)
        page = words("month.page", n=document.page)
        canvas.drawRightString(A4[0] - edge, 10 * mm, page)

    paper.build(_story(month, words, title, made), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def name_of(month: Month, words: Words) -> str:
    """`Nov 2026`, as people say it."""
    year, number = month.month.split("-")
    return f"{words(f'common.month.m{int(number)}')} {year}"


def _story(month: Month, words: Words, title: str, made: datetime) -> list[Flowable]:
    styles = getSampleStyleSheet()
    plain = ParagraphStyle("plain", parent=styles["Normal"], fontSize=9, leading=12)
    plain.textColor = _GREY
    head = ParagraphStyle("head", parent=styles["Heading2"], fontSize=12, spaceBefore=10)
    at = shown_times.moment(words, made)

    def part(key: str, *below: Flowable) -> Flowable:
        return KeepTogether([Paragraph(words(f"month.{key}"), head), *below])

    notes = [words("month.about"), words("month.small", mark=words("month.mark"))]
    if not month.complete:
        notes.append(words("month.so_far", at=at))
    figures = [
        (words(f"month.figure.{key}"), shown(value, words)) for key, value in month.figures.items()
    ]
    wishes = [
        (words(f"month.wish_kind.{key}"), shown(value, words))
        for key, value in month.wishes.cells.items()
    ]
    goods_asked = [
        (
            kind(one.kind, words),
            shown(one.people, words),
            str(one.producers or words("month.no_producer")),
        )
        for one in month.wanted
    ]
    partners = [(name, shown(value, words)) for name, value in month.partners.items()]
    none = Paragraph(words("month.none"), plain)
    three = (words("month.kind"), words("month.people"), words("month.producers"))
    return [
        Paragraph(title, styles["Title"]),
        *(Paragraph(note, plain) for note in notes),
        part("figures", _table((), figures)),
        part("from", Paragraph(words("month.map_how"), plain), Spacer(1, 4), _map(month, words)),
        _provinces(month, words),
        part("wishes", _table((words("month.wish"), words("month.people")), wishes)),
        part("wanted", Paragraph(words("month.wanted_how"), plain), _table(three, goods_asked))
        if goods_asked
        else part("wanted", none),
        part("handed_over", _table((words("month.partner"), words("month.people")), partners))
        if partners
        else part("handed_over", none),
        Spacer(1, 8),
        Paragraph(words("month.made_at", at=at), plain),
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Flowable:
    """The first column is text, the others are figures."""
    cells = [list(head), *map(list, rows)] if head else [list(row) for row in rows]
    width = len(cells[0])
    columns = [90 * mm, *([42 * mm] * (width - 1))]
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", 9),
        ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#d5d9de")),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if head:
        style.append(("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9))
    return PaperTable(
        cells, colWidths=columns, hAlign="LEFT", repeatRows=1 if head else 0, style=style
    )


def _provinces(month: Month, words: Words) -> Flowable:
    """Those that somebody came from."""
    told = [
        (province(code, words), shown(value, words))
        for code, value in month.provinces.cells.items()
        if value != 0
    ]
    told.append((words("month.total"), shown(month.provinces.total, words)))
    return _table((words("month.province"), words("month.people")), told)


def _map(month: Month, words: Words) -> Flowable:
    side, gap = 29.0, 1.5
    drawing = Drawing(COLUMNS * side, ROWS * side)
    cells = month.provinces.cells
    most = max((value or 0 for value in cells.values()), default=0)
    for code, tile in TILES.items():
        x, y = tile.column * side, (ROWS - 1 - tile.row) * side
        fill = SHADES[level(cells[code], most)]
        square = Rect(x, y, side - gap, side - gap)
        square.fillColor, square.strokeColor, square.strokeWidth = fill, _LINE, 0.5
        drawing.add(square)
        middle = x + (side - gap) / 2
        drawing.add(_text(middle, y + 17, tile.short, 6.5))
        if cells[code] != 0:
            drawing.add(_text(middle, y + 6, shown(cells[code], words), 9))
    return drawing


def _text(x: float, y: float, text: str, size: float) -> String:
    written = String(x, y, text)
    written.fontSize, written.fontName, written.fillColor = size, "Helvetica", _INK
    written.textAnchor = "middle"
    return written
