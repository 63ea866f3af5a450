"""A flow as one self-contained SVG."""

from collections.abc import Iterator
from html import escape

from ivr.draw.colours import COLOURS
from ivr.draw.layout import GAP, HEAD, ROW, WIDTH, Box, layout
from ivr.draw.words import Text, about, kind, noted, opening
from ivr.flow import Flow, Step, Way

LETTERS = 41
"""How many letters of a prompt fit into a box's line."""
STYLE = """
text { font: 11.5px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1d2530 }
.name { font-weight: 600; font-size: 13px }
.kind, .about, .noted { fill: #5b6470; font-size: 10.5px }
.kind, .noted { text-anchor: end; fill: #5b6470 }
.key { font-weight: 600; text-anchor: middle; fill: #fff }
.line { fill: none; stroke: #8a93a0; stroke-width: 1.4 }
"""
TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a93a0"/></marker>'
)


def svg(flow: Flow, text: Text) -> str:
    """The picture of `flow`, with the first words of what callers hear from `text`."""
    boxes = layout(flow)
    width = max(box.x for box in boxes.values()) + WIDTH + GAP
    height = max(box.y + box.height for box in boxes.values()) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(flow.name)}">',
        f"<style>{STYLE}</style>",
        TIP,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *(line for box in boxes.values() for line in _lines(box, boxes)),
        *(part for box in boxes.values() for part in _box(box, flow.steps[box.name], text)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _lines(box: Box, boxes: dict[str, Box]) -> Iterator[str]:
    for way in box.drawn:
        path = _path(box, way, boxes[way.to])
        yield f'<path class="line" marker-end="url(#tip)" d="{path}"/>'


def _path(box: Box, way: Way, child: Box) -> str:
    end = child.y + HEAD // 2
    if box.is_right_above(child):
        return f"M{box.x + WIDTH // 2} {box.y + box.height}V{child.y - 1}"
    start = box.middle(way)
    if child.x > box.x:
        right, left = box.x + WIDTH, child.x - 1
        middle = (right + left) // 2
        return f"M{right} {start}C{middle} {start} {middle} {end} {left} {end}"
    return f"M{box.x} {start}h{-GAP // 2}V{end}h{GAP // 2 - 1}"


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
    for index, way in enumerate(box.rows):
        yield f'<g transform="translate(0 {HEAD + index * ROW})">'
        yield from _row(way, way in box.drawn, step)
        yield "</g>"
    yield "</g>"


def _row(way: Way, drawn: bool, step: Step) -> Iterator[str]:
    label = escape(opening(step, way))
    target = escape(way.to if drawn else f"→ {way.to}")
    if way.key is None:
        yield f'<text class="about" x="10" y="13">{label}</text>'
        yield f'<text x="74" y="13">{target}</text>'
    else:
        colour = COLOURS[kind(step)].line
        yield f'<rect x="10" y="1" width="20" height="{ROW - 4}" rx="4" fill="{colour}"/>'
        yield f'<text class="key" x="20" y="13">{label}</text>'
        yield f'<text x="38" y="13">{target}</text>'
        yield f'<text class="noted" x="{WIDTH - 10}" y="13">{escape(noted(step, way))}</text>'


def _short(words: str) -> str:
    return words if len(words) <= LETTERS else words[: LETTERS - 1].rstrip() + "…"
