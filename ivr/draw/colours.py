"""One colour for what a step is to the caller: hearing, choosing, waiting, being promised."""

from typing import NamedTuple


class Colour(NamedTuple):
    line: str
    fill: str


_HEARING = Colour("#2f6f9f", "#eaf3fa")
_CHOOSING = Colour("#4b4fa8", "#eeeefb")
_WAITING = Colour("#b3620c", "#fdf1e2")
_PROMISED = Colour("#2d7a46", "#e9f6ed")
_EDGES = Colour("#5b6470", "#f0f2f4")

COLOURS = {
    "hours": _EDGES,
    "say": _HEARING,
    "consent": _CHOOSING,
    "menu": _CHOOSING,
    "enquiry": _HEARING,
    "queue": _WAITING,
    "number": _PROMISED,
    "promise": _PROMISED,
    "slot": _PROMISED,
    "training": _PROMISED,
    "message": _PROMISED,
    "goodbye": _EDGES,
}
