"""What differs, marked upon the picture of a flow: by colour, line and sign alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ivr.compare import How, StepChange
from ivr.draw.layout import HEAD, ROW, WIDTH, Box
from ivr.flow import Way

Words = Callable[[How], str]
"""What people call it, in the picture's language."""


@dataclass(frozen=True, slots=True)
class Look:
    colour: str
    sign: str
    dash: str = ""


LOOKS: Mapping[How, Look] = {
    How.ADDED: Look("#17652f", "+"),
    How.REMOVED: Look("#a4201a", "−", "7 4"),
    How.CHANGED: Look("#8a4b00", "±", "2 3"),
}


def marks(boxes: Mapping[str, Box], changes: Sequence[StepChange], words: Words) -> Iterator[str]:
    """Above each box what happened to the step, and beside each way that leads elsewhere."""
    for change in changes:
        if box := boxes.get(change.step):
            yield from _mark(box, change, words(change.how))


def _mark(box: Box, change: StepChange, word: str) -> Iterator[str]:
    look = LOOKS[change.how]
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    yield f'<g class="{change.how}" transform="translate({box.x} {box.y})">'
    yield (
        f'<rect x="-3" y="-3" width="{WIDTH + 6}" height="{box.height + 6}" rx="8" fill="none" '
        f'stroke="{look.colour}" stroke-width="3"{dash}/>'
    )
    said = escape(f"{look.sign} {word}")
    yield f'<text x="0" y="-7" font-weight="700" style="fill:{look.colour}">{said}</text>'
    named = {detail.name for detail in change.details}
    for index, way in enumerate(box.rows):
        if _written(way) in named:
            y = HEAD + index * ROW
            yield (
                f'<text x="{WIDTH - 4}" y="{y + 13}" text-anchor="end" font-weight="700" '
                f'style="fill:{look.colour}">{look.sign}</text>'
            )
            yield f'<rect x="1" y="{y}" width="4" height="{ROW - 2}" fill="{look.colour}"/>'
    yield "</g>"


def _written(way: Way) -> str:
    """As `ivr.compare` names it."""
    return f"keys {way.place[1]}" if way.place[0] == "keys" else way.place[0]
