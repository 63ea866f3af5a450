"""Small groups are not told: who is one of three can be found by whoever knows the other two.

A cell from 1 to 4 is left out, and with it as many others of its table as it takes that it cannot
be calculated from their total; where that does not help, the total is left out as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5
"""The smallest group that is told."""


@dataclass(frozen=True, slots=True)
class Told:
    """A table as it is told: None is what is left out."""

    cells: Mapping[str, int | None]
    total: int | None

    @property
    def hides(self) -> bool:
        return self.total is None or None in self.cells.values()


def one(value: int, least: int = LEAST) -> int | None:
    """A figure that stands alone."""
    return None if 0 < value < least else value


def table(cells: Mapping[str, int], least: int = LEAST) -> Told:
    """Cells that do not overlap, with their total."""
    hidden = {name for name, value in cells.items() if 0 < value < least}
    visible = sorted((value, name) for name, value in cells.items() if value >= least)
    while hidden and not _covered(cells, hidden, least) and visible:
        hidden.add(visible.pop(0)[1])
    told = {name: None if name in hidden else value for name, value in cells.items()}
    total = sum(cells.values())
    safe = not hidden or _covered(cells, hidden, least)
    return Told(told, total if safe and one(total, least) is not None else None)


def _covered(cells: Mapping[str, int], hidden: set[str], least: int) -> bool:
    """What is left out cannot be told apart: it is of several cells, and no small group itself."""
    return len(hidden) > 1 and sum(cells[name] for name in hidden) >= least
