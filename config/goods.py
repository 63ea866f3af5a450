"""`goods.yaml`: which kinds of goods somebody means, out of their own words."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from config.documents import load

FILE = Path(__file__).with_name("goods.yaml")


class Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str
    words: tuple[str, ...]
    near: tuple[str, ...]
    """Those that would do nearly as well."""


class _File(RootModel[dict[str, Kind]]):
    pass


class Goods:
    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds
        """By name, in the file's order."""
        self._of = {word: name for name, kind in kinds.items() for word in kind.words}
        # The longest first: `celana jin` is no `celana`. Plurals by doubling are the same word.
        words = sorted(self._of, key=lambda word: -len(word))
        self._word = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b")
        unknown = {near for kind in kinds.values() for near in kind.near} - kinds.keys()
        if unknown:
            raise ValueError(f"{FILE.name}: `near` names unknown kinds: {sorted(unknown)}")

    def meant(self, written: str) -> list[str]:
        """The kinds that a text names, each once, in their order in it."""
        return list(
            dict.fromkeys(self._of[word] for word in self._word.findall(written.casefold()))
        )

    def near(self, kinds: list[str]) -> list[str]:
        """Kinds that would do nearly as well as one of these."""
        found = [near for name in kinds for near in self.kinds[name].near]
        found += [name for name, kind in self.kinds.items() if set(kind.near) & set(kinds)]
        return [name for name in dict.fromkeys(found) if name not in kinds]


@cache
def goods() -> Goods:
    """As the file is. Raises ConfigError."""
    return Goods(load(FILE).as_model(_File).root)
