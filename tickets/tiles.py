"""Indonesia's 38 provinces as tiles of one size, each about where it lies: a small one is seen as
well as a large one. Drawn by us; no survey's map is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tile:
    column: int
    row: int
    short: str
    """As it stands in the tile."""


TILES: Mapping[str, Tile] = {
    "11": Tile(0, 0, "Aceh"),
    "12": Tile(1, 1, "Sumut"),
    "13": Tile(1, 2, "Sumbar"),
    "14": Tile(2, 2, "Riau"),
    "21": Tile(3, 2, "Kepri"),
    "17": Tile(1, 3, "Bkulu"),
    "15": Tile(2, 3, "Jambi"),
    "19": Tile(4, 3, "Babel"),
    "16": Tile(2, 4, "Sumsel"),
    "18": Tile(3, 5, "Lpung"),
    "36": Tile(3, 6, "Banten"),
    "31": Tile(4, 6, "Jakarta"),
    "32": Tile(5, 6, "Jabar"),
    "33": Tile(6, 6, "Jateng"),
    "34": Tile(6, 7, "DIY"),
    "35": Tile(7, 6, "Jatim"),
    "51": Tile(8, 7, "Bali"),
    "52": Tile(9, 7, "NTB"),
    "53": Tile(10, 7, "NTT"),
    "61": Tile(5, 3, "Kalbar"),
    "62": Tile(6, 4, "Kalteng"),
    "63": Tile(7, 4, "Kalsel"),
    "64": Tile(7, 3, "Kaltim"),
    "65": Tile(7, 2, "Kaltara"),
    "71": Tile(11, 2, "Sulut"),
    "75": Tile(10, 2, "Gtalo"),
    "72": Tile(10, 3, "Sulteng"),
    "76": Tile(9, 4, "Sulbar"),
    "73": Tile(9, 5, "Sulsel"),
    "74": Tile(10, 5, "Sultra"),
    "82": Tile(12, 3, "Malut"),
    "81": Tile(12, 5, "Maluku"),
    "96": Tile(13, 3, "PBD"),
    "92": Tile(14, 3, "Pabar"),
    "94": Tile(15, 4, "Pateng"),
    "91": Tile(16, 3, "Papua"),
    "95": Tile(16, 4, "Papeg"),
    "93": Tile(16, 5, "Pasel"),
}
COLUMNS = 1 + max(tile.column for tile in TILES.values())
ROWS = 1 + max(tile.row for tile in TILES.values())
LEVELS = 5


def level(value: int | None, most: int) -> int:
    """How strongly a tile is coloured, 0 for nobody; what is left out is as weak as can be."""
    if value == 0:
        return 0
    if value is None or not most:
        return 1
    return min(LEVELS, 1 + (value * LEVELS - 1) // most) if value < most else LEVELS
