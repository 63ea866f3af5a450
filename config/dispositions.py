"""`dispositions.yaml`: what may be said to have become of a talk, by the ticket's category."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from config.documents import ConfigError, Document, Problem, load
from config.settings_groups import Category

Code = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
"""Two digits, as they are keyed after `*16`."""


class Disposition(BaseModel):
    """What agents read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    common: Annotated[dict[Code, Disposition], Field(min_length=1)]
    categories: dict[Category, dict[Code, Disposition]] = {}


@dataclass(frozen=True, slots=True)
class Dispositions:
    common: Mapping[str, Disposition]
    categories: Mapping[str, Mapping[str, Disposition]]

    def of(self, category: str | None) -> Mapping[str, Disposition]:
        """The codes for a category; None, or one that adds none, has those of all."""
        return {**self.common, **self.categories.get(category or "", {})}

    @property
    def codes(self) -> frozenset[str]:
        """Every code there is: a talk's category may be known only after it was keyed."""
        return frozenset(self.common).union(*self.categories.values())


def load_dispositions(path: Path) -> Dispositions:
    """The file, checked whole; raises `ConfigError`."""
    document = load(path)
    written = document.as_model(_File)
    found = Dispositions(written.common, {str(name): of for name, of in written.categories.items()})
    if problems := list(_twice(document, found)):
        raise ConfigError(*problems)
    return found


def _twice(document: Document, found: Dispositions) -> Iterator[Problem]:
    for category, codes in found.categories.items():
        for code in codes:
            if code in found.common:
                path = ("categories", category, code)
                message = f"`{code}` is one of `common` already"
                yield document.key_problem(path, message, "give it another code")
