"""The map has every province once, and no two in one place."""

from config.regions import regions
from tickets.tiles import LEVELS, TILES, level


def test_every_province_has_a_place_of_its_own() -> None:
    assert TILES.keys() == regions().provinces.keys()
    assert len(TILES) == 38
    assert len({(tile.column, tile.row) for tile in TILES.values()}) == 38
    assert len({tile.short for tile in TILES.values()}) == 38


def test_more_people_are_never_paler() -> None:
    shown = [level(value, 40) for value in range(41)]
    assert shown == sorted(shown)
    assert (shown[0], shown[1], shown[40]) == (0, 1, LEVELS)
    assert level(None, 40) == level(None, 0) == 1
