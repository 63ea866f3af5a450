"""Where each step's box stands.

Every step is drawn once, at the shortest way to it. Keys lead right into the next column; what
goes on by itself leads down in the same one. All other ways are named in the box, not drawn, so
that no two lines ever cross.
"""

from collections import defaultdict, deque
from dataclasses import dataclass

from ivr.flow import Flow, Way, ways

COLUMN, WIDTH = 330, 270
"""From one column to the next, and a box's width, in pixels like all here."""
HEAD, ROW, FOOT = 44, 19, 7
GAP = 22


@dataclass(frozen=True, slots=True)
class Row:
    """A line in a box: a way out, and whether a line leads on from it."""

    way: Way
    drawn: bool


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    x: int
    y: int
    rows: tuple[Row, ...]

    @property
    def height(self) -> int:
        return height(len(self.rows))

    def row_middle(self, index: int) -> int:
        return self.y + HEAD + index * ROW + ROW // 2


def height(rows: int) -> int:
    return HEAD + rows * ROW + (FOOT if rows else 0)


def layout(flow: Flow) -> dict[str, Box]:
    """The boxes of all steps by name, parents before children."""
    placing = _Placing(flow, _tree(flow))
    placing.place(flow.start, 0)
    return placing.boxes


def _tree(flow: Flow) -> dict[str, list[Way]]:
    """For each step the ways that lead to its children: to steps that no shorter way reaches."""
    tree: dict[str, list[Way]] = {}
    seen, ahead = {flow.start}, deque([flow.start])
    while ahead:
        name = ahead.popleft()
        tree[name] = []
        for way in ways(flow.steps[name]):
            if way.to not in seen:
                seen.add(way.to)
                ahead.append(way.to)
                tree[name].append(way)
    return tree


class _Placing:
    """Boxes from the top down, each as high as its column still has room."""

    def __init__(self, flow: Flow, tree: dict[str, list[Way]]) -> None:
        self.flow, self.tree = flow, tree
        self.boxes: dict[str, Box] = {}
        self.free: defaultdict[int, int] = defaultdict(lambda: GAP)

    def place(self, name: str, column: int, wish: int = 0) -> None:
        rows = tuple(Row(way, way in self.tree[name]) for way in ways(self.flow.steps[name]))
        y = max(wish, self.free[column])
        self.boxes[name] = Box(name, GAP + column * COLUMN, y, rows)
        self.free[column] = y + height(len(rows)) + GAP
        for way in self.tree[name]:
            if way.key is not None:
                self.place(way.to, column + 1, wish=y)
        for way in self.tree[name]:
            if way.key is None:
                self.place(way.to, column)
