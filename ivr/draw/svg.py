"""A flow as one self-contained SVG."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ivr.compare import StepChange
from ivr.draw.colours import COLOURS
from ivr.draw.layout import GAP, HEAD, ROW, WIDTH, Box, layout
from ivr.draw.marks import Words, marks
from ivr.draw.words import Text, Wording, kind
from ivr.flow import Flow, Step, Way

LETTERS = 37
"""How many letters of a prompt fit into a box's line."""
COUNTED = 0.55
"""How strongly the busiest box is filled."""
STYLE = """
text { font: 11.5px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1d2530 }
.name { font-weight: 600; font-size: 13px }
.kind, .about, .noted { fill: #5b6470; font-size: 10.5px }
.kind, .noted { text-anchor: end; fill: #5b6470 }
.key { font-weight: 600; text-anchor: middle; fill: #fff }
.line { fill: none; stroke: #8a93a0; stroke-width: 1.4 }
"""
COUNT_STYLE = """
.count { font-weight: 600; text-anchor: end }
.left { fill: #a4201a; font-weight: 600; text-anchor: end }
"""
TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
    'orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a93a0"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many came to a step, and the words for it and for who hung up there."""

    calls: int
    text: str
    left: str = ""


def svg(
    flow: Flow,
    text: Text,
    counts: Mapping[str, Count] | None = None,
    changes: Sequence[StepChange] = (),
    words: Words = str,
    people: str | None = None,
) -> str:
    """The picture of `flow`, with the first words of what callers hear from `text`.

    With `counts` by step each box says them above itself, and is the fuller the more came. Steps of
    `changes` are marked, with `words` for what happened to them. For `people`, in this language,
    steps are called by their titles.
    """
    given = counts or {}
    most = max((count.calls for count in given.values()), default=0)
    boxes, said = layout(flow), Wording(flow, text, people)
    width = max(box.x for box in boxes.values()) + WIDTH + GAP
    height = max(box.y + box.height for box in boxes.values()) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(flow.name)}">',
        f"<style>{STYLE}{COUNT_STYLE if given else ''}</style>",
        TIP,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *(line for box in boxes.values() for line in _lines(box, boxes)),
        *(part for box in boxes.values() for part in _box(box, flow.steps[box.name], said)),
        *(
            part
            for box in boxes.values()
            if box.name in given
            for part in _count(box, given[box.name], most)
        ),
        *marks(boxes, changes, words),
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


def _box(box: Box, step: Step, said: Wording) -> Iterator[str]:
    colour = COLOURS[kind(step)]
    yield f'<g transform="translate({box.x} {box.y})">'
    yield (
        f'<rect width="{WIDTH}" height="{box.height}" rx="6" '
        f'fill="{colour.fill}" stroke="{colour.line}"/>'
    )
    yield f'<text class="name" x="10" y="18">{escape(said.name(box.name))}</text>'
    yield f'<text class="kind" x="{WIDTH - 10}" y="18">{escape(said.kind(step))}</text>'
    words = said.about(step)
    yield f'<text class="about" x="10" y="35"><title>{escape(words)}</title>'
    yield f"{escape(_short(words))}</text>"
    for index, way in enumerate(box.rows):
        yield f'<g transform="translate(0 {HEAD + index * ROW})">'
        yield from _row(way, way in box.drawn, step, said)
        yield "</g>"
    yield "</g>"


def _count(box: Box, count: Count, most: int) -> Iterator[str]:
    yield f'<g transform="translate({box.x} {box.y})">'
    share = COUNTED * count.calls / most if most else 0
    yield (
        f'<rect width="{WIDTH}" height="{box.height}" rx="6" fill="#f0a500" '
        f'fill-opacity="{share:.2f}" style="mix-blend-mode: multiply"/>'
    )
    if count.left:
        yield f'<text class="left" x="{WIDTH}" y="-5">{escape(count.left)}</text>'
    x = WIDTH - 7 * len(count.left) - (12 if count.left else 0)
    yield f'<text class="count" x="{x}" y="-5">{escape(count.text)}</text>'
    yield "</g>"


def _row(way: Way, drawn: bool, step: Step, said: Wording) -> Iterator[str]:
    label = escape(said.opening(step, way))
    target = escape(said.name(way.to) if drawn else f"→ {said.name(way.to)}")
    if way.key is None:
        yield f'<text class="about" x="10" y="13">{label}</text>'
        yield f'<text x="74" y="13">{target}</text>'
    else:
        colour = COLOURS[kind(step)].line
        yield f'<rect x="10" y="1" width="20" height="{ROW - 4}" rx="4" fill="{colour}"/>'
        yield f'<text class="key" x="20" y="13">{label}</text>'
        yield f'<text x="38" y="13">{target}</text>'
        yield f'<text class="noted" x="{WIDTH - 10}" y="13">{escape(said.noted(step, way))}</text>'


def _short(words: str) -> str:
    return words if len(words) <= LETTERS else words[: LETTERS - 1].rstrip() + "…"
