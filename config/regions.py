"""`regions.yaml`: in which province and on which island a city is, however somebody wrote it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from config.documents import load

FILE = Path(__file__).with_name("regions.yaml")
ALSO: Mapping[str, str] = {
    "solo": "Surakarta",
    "jogja": "Yogyakarta",
    "jogjakarta": "Yogyakarta",
    "ujung pandang": "Makassar",
    "siantar": "Pematangsiantar",
    "tangsel": "Tangerang Selatan",
    "purwokerto": "Banyumas",
    "tanah abang": "Jakarta Pusat",
    "pasar senen": "Jakarta Pusat",
    "gedebage": "Bandung",
    "timika": "Mimika",
}
"""What people say besides; the name it means."""


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    """Two digits."""
    name: str
    island: str


@dataclass(frozen=True, slots=True)
class City:
    """A city or regency."""

    name: str
    province: Province


class _Province(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    island: str
    places: tuple[str, ...]


class _File(RootModel[dict[str, _Province]]):
    pass


class Regions:
    def __init__(self, provinces: Mapping[str, Province], cities: Mapping[str, City]) -> None:
        self.provinces = provinces
        """By code, in its order."""
        self._cities = cities

    def city(self, written: str) -> City | None:
        """The city or regency that is meant, None for one that nobody knows."""
        plain = _plain(written)
        also = ALSO.get(plain)
        return self._cities.get(_plain(also) if also else plain)

    def province(self, written: str) -> Province | None:
        """Of a city, or by its own name."""
        if found := self.city(written):
            return found.province
        plain = _plain(written)
        return next((one for one in self.provinces.values() if _plain(one.name) == plain), None)

    def of_island(self, island: str) -> list[str]:
        """The codes of its provinces."""
        return [one.code for one in self.provinces.values() if one.island == island]


@cache
def regions() -> Regions:
    """As the file is. Raises ConfigError."""
    provinces: dict[str, Province] = {}
    cities: dict[str, City] = {}
    for code, given in load(FILE).as_model(_File).root.items():
        provinces[code] = province = Province(code, given.name, given.island)
        for place in given.places:
            cities[_plain(place)] = City(place, province)
    return Regions(provinces, cities)


def _plain(written: str) -> str:
    """`KAB. Bandung`, `Kota Bandung` and `bandung` are written alike."""
    words = re.sub(r"[^a-z]+", " ", written.casefold()).split()
    while words and words[0] in ("kab", "kabupaten", "kota", "kotamadya", "provinsi", "prov"):
        del words[0]
    return " ".join(words)
