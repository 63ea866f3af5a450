"""`macros.yaml`: texts that agents write often, with places for what a ticket says."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from config.documents import ConfigError, Document, Problem, load
from config.settings_groups import Category

PLACES = frozenset({"number", "name", "category", "status", "deadline", "agent"})
"""What a text may have in braces."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class Macro(BaseModel):
    """A text in Indonesian, as it goes to the people who called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=60)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    categories: frozenset[Category] | None = None
    """For tickets of these alone."""

    def is_for(self, category: str) -> bool:
        return self.categories is None or category in self.categories

    def filled(self, values: Mapping[str, str]) -> str:
        """With `values` of every one of `PLACES`; braces in those are text."""
        return "".join(
            before + (values[place] if place else "")
            for before, place, _, _ in Formatter().parse(self.text)
        )


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    macros: dict[Name, Macro] = {}


def load_macros(path: Path) -> Mapping[str, Macro]:
    """The file, checked whole, in its order; raises `ConfigError`."""
    document = load(path)
    found = document.as_model(_File).macros
    if problems := list(_unknown(document, found)):
        raise ConfigError(*problems)
    return found


def _unknown(document: Document, found: Mapping[str, Macro]) -> Iterator[Problem]:
    known = ", ".join(f"{{{one}}}" for one in sorted(PLACES))
    for name, macro in found.items():
        path = ("macros", name, "text")
        try:
            parts = list(Formatter().parse(macro.text))
        except ValueError:
            yield document.problem(path, "a brace is not closed", "write {{ for a brace itself")
            continue
        for _, place, form, conversion in parts:
            if place is not None and (place not in PLACES or form or conversion):
                yield document.problem(path, f"`{{{place}}}` is no place", f"use one of {known}")
