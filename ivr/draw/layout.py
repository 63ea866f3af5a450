"""Where each step's box stands.

Every step is drawn once, at the plainest way to it. Keys lead right into the next column; what
goes on by itself leads down in the same one. All other ways are named in the box, not drawn, so
that no two lines ever cross.
"""

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from ivr.flow import Flow, Way, ways

COLUMN, WIDTH = 276, 240
"""From one column to the next, and a box's width, in pixels like all here."""
HEAD, ROW, FOOT = 44, 19, 7
GAP = 22


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    x: int
    y: int
    rows: tuple[Way, ...]
    """The ways that are named in the box."""
    drawn: tuple[Way, ...]
    """The ways that are lines to other boxes."""

    @property
    def height(self) -> int:
        return height(len(self.rows))

    def middle(self, way: Way) -> int:
        """The height at which the row of `way` stands."""
        return self.y + HEAD + self.rows.index(way) * ROW + ROW // 2

    def is_right_above(self, other: "Box") -> bool:
        return other.x == self.x and other.y == self.y + self.height + GAP


def height(rows: int) -> int:
    return HEAD + rows * ROW + (FOOT if rows else 0)


def layout(flow: Flow) -> dict[str, Box]:
    """The boxes of all steps by name, parents before children."""
    placing = _Placing(flow, _tree(flow))
    placing.place(flow.start, 0)
    return placing.boxes


def _tree(flow: Flow) -> dict[str, list[Way]]:
    """For each step the ways drawn from it: those to steps that no plainer way reaches."""
    tree: dict[str, list[Way]] = {}
    owner = {flow.start: ""}
    order = count()
    ahead = [(0, next(order), flow.start, "")]
    while ahead:
        cost, _, name, parent = heappop(ahead)
        if name in tree:
            continue
        tree[name], owner[name] = [], parent
        for way in ways(flow.steps[name]):
            heappush(ahead, (cost + _cost(way), next(order), way.to, name))
    for name in tree:
        tree[name] = _drawn(flow, name, owner)
    return tree


def _cost(way: Way) -> int:
    """What goes wrong, or is closed, is no plain way."""
    return 10 if way.place[0] in ("otherwise", "closed") else 1


def _drawn(flow: Flow, name: str, owner: dict[str, str]) -> list[Way]:
    mine = [way for way in ways(flow.steps[name]) if owner[way.to] == name]
    keyed = {way.to for way in mine if way.key is not None}
    by_itself: dict[str, Way] = {}
    for way in mine:
        if way.key is None and way.to not in keyed:
            by_itself.setdefault(way.to, way)
    return [way for way in mine if way.key is not None or by_itself.get(way.to) is way]


class _Placing:
    """Boxes from the top down, each as high as its column still has room."""

    def __init__(self, flow: Flow, tree: dict[str, list[Way]]) -> None:
        self.flow, self.tree = flow, tree
        self.boxes: dict[str, Box] = {}
        self.free: defaultdict[int, int] = defaultdict(lambda: GAP)

    def place(self, name: str, column: int, wish: int = 0) -> None:
        rows = self.rows(name)
        y = max(wish, self.free[column])
        self.boxes[name] = Box(name, GAP + column * COLUMN, y, rows, tuple(self.tree[name]))
        self.free[column] = y + height(len(rows)) + GAP
        for way in self.tree[name]:
            if way.key is not None and way.to not in self.boxes:
                self.place(way.to, column + 1, wish=y)
        below = [way.to for way in self.tree[name] if way.key is None]
        for index, child in enumerate(below):
            # The second one begins a band of its own, below all that the first led to.
            self.place(child, column, wish=max(self.free.values()) if index else 0)

    def rows(self, name: str) -> tuple[Way, ...]:
        """The ways out; none where the only one is the line that leads down."""
        out = tuple(ways(self.flow.steps[name]))
        return () if len(out) == 1 and self.tree[name] else out
