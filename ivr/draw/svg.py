"""A flow as one self-contained SVG."""

from collections.abc import Iterator
from html import escape

from ivr.draw.colours import COLOURS
from ivr.draw.layout import GAP, HEAD, ROW, WIDTH, Box, layout
from ivr.draw.words import Text, about, kind, noted, opening
from ivr.flow import Flow, Step

LETTERS = 44
"""How many letters of a prompt fit into a box's line."""
STYLE = """
text { font: 11.5px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1d2530 }
.name { font-weight: 600; font-size: 13px }
.kind, .about, .noted { fill: #5b6470; font-size: 10.5px }
.kind, .noted { text-anchor: end }
.key { font-weight: 600; text-anchor: middle; fill: #fff }
.line { fill: none; stroke: #8a93a0; stroke-width: 1.4 }
"""


def svg(flow: Flow, text: Text) -> str:
    """The picture of `flow`, with the first words of what callers hear from `text`."""
    boxes = layout(flow)
    width = max(box.x for box in boxes.values()) + WIDTH + GAP
    height = max(box.y + box.height for box in boxes.values()) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(flow.name)}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *(line for box in boxes.values() for line in _lines(box, boxes)),
        *(part for box in boxes.values() for part in _box(box, flow.steps[box.name], text)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(box: Box, boxes: dict[str, Box]) -> Iterator[str]:
    for index, row in enumerate(box.rows):
        if row.drawn:
            yield f'<path class="line" d="{_path(box, index, boxes[row.way.to])}"/>'


def _path(box: Box, index: int, child: Box) -> str:
    start, end = box.row_middle(index), child.y + HEAD // 2
    if child.x > box.x:
        right = box.x + WIDTH
        middle = (right + child.x) // 2
        return f"M{right} {start}C{middle} {start} {middle} {end} {child.x} {end}"
    return f"M{box.x} {start}h{-GAP // 2}V{end}h{GAP // 2}"


def _box(box: Box, step: Step, text: Text) -> Iterator[str]:
    colour = COLOURS[kind(step)]
    yield f'<g transform="translate({box.x} {box.y})">'
    yield (
        f'<rect width="{WIDTH}" height="{box.height}" rx="6" '
        f'fill="{colour.fill}" stroke="{colour.line}"/>'
    )
    yield f'<text class="name" x="10" y="18">{escape(box.name)}</text>'
    yield f'<text class="kind" x="{WIDTH - 10}" y="18">{kind(step)}</text>'
    words = about(step, text)
    yield f'<text class="about" x="10" y="35"><title>{escape(words)}</title>'
    yield f"{escape(_short(words))}</text>"
    for index in range(len(box.rows)):
        yield from _row(box, index, step, colour.line)
    yield "</g>"


def _row(box: Box, index: int, step: Step, colour: str) -> Iterator[str]:
    row = box.rows[index]
    y = HEAD + index * ROW
    label = opening(step, row.way)
    target = row.way.to if row.drawn else f"→ {row.way.to}"
    if row.way.key is None:
        yield f'<text class="about" x="10" y="{y + 13}">{escape(label)}</text>'
    else:
        yield f'<rect x="10" y="{y + 1}" width="20" height="{ROW - 4}" rx="4" fill="{colour}"/>'
        yield f'<text class="key" x="20" y="{y + 13}">{escape(label)}</text>'
    yield f'<text x="{38 if row.way.key else 74}" y="{y + 13}">{escape(target)}</text>'
    note = noted(step, row.way)
    if note:
        yield f'<text class="noted" x="{WIDTH - 10}" y="{y + 13}">{escape(note)}</text>'


def _short(words: str) -> str:
    return words if len(words) <= LETTERS else words[: LETTERS - 1].rstrip() + "…"
