"""`whatsapp_templates.yaml`: what may be written to somebody outside the 24 hours, as Meta approved
it. Texts and places must be the same there and here, or the API refuses them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from config.documents import ConfigError, Document, Problem, load

LONGEST = 1024
"""Characters of a template's body, as Meta limits it."""
LONGEST_VALUE = 200
"""Characters of one value: the whole must fit."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]


class Template(BaseModel):
    """A text with places, in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2}(_[A-Z]{2})?$")] = "id"
    """As Meta calls it."""
    buttons: Annotated[
        dict[Name, Annotated[str, Field(min_length=1, max_length=25)]], Field(max_length=3)
    ] = {}
    """Quick replies: what they send back, and what is on them."""

    @property
    def places(self) -> Sequence[str]:
        """In the order in which they come: the API knows them by it."""
        return list(
            dict.fromkeys(place for _, place, _, _ in Formatter().parse(self.text) if place)
        )

    def filled(self, values: Mapping[str, str]) -> str:
        """With a value for every place; braces in those are text."""
        return "".join(
            before + (values[place] if place else "")
            for before, place, _, _ in Formatter().parse(self.text)
        )

    def fit(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """The values as the API takes them: on one line, not empty, not too long.

        Raises KeyError for a place without one.
        """
        return {place: _one_line(values[place]) for place in self.places}


def _one_line(value: str) -> str:
    told = " ".join(value.split())
    return told[: LONGEST_VALUE - 1] + "…" if len(told) > LONGEST_VALUE else told or "–"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    templates: dict[Name, Template] = {}


NEEDED: Mapping[str, frozenset[str]] = {
    "ticket_number": frozenset({"number", "deadline"}),
    "callback_reminder": frozenset({"when", "number"}),
    "could_not_reach": frozenset({"number"}),
    "callback_moved": frozenset({"when", "number"}),
    "outcome_30": frozenset({"producer", "number"}),
    "outcome_90": frozenset({"producer", "number"}),
    "training_reminder": frozenset({"title", "when", "place"}),
}
"""What the program sends, and the places that it has values for."""


def load_templates(path: Path) -> Mapping[str, Template]:
    """The file, checked whole, in its order; raises `ConfigError`."""
    document = load(path)
    found = document.as_model(_File).templates
    if problems := list(_wrong(document, found)):
        raise ConfigError(*problems)
    return found


def _wrong(document: Document, found: Mapping[str, Template]) -> Iterator[Problem]:
    for name in NEEDED.keys() - found.keys():
        yield document.problem(
            ("templates",), f"`{name}` is missing", "write it as docs/whatsapp.md has it"
        )
    for name, template in found.items():
        path = ("templates", name, "text")
        try:
            parts = list(Formatter().parse(template.text))
        except ValueError:
            yield document.problem(path, "a brace is not closed", "write {{ for a brace itself")
            continue
        for _, place, form, conversion in parts:
            if place is None:
                continue
            if form or conversion or not place.isidentifier():
                yield document.problem(path, f"`{{{place}}}` is no place", "name it like {number}")
            elif name in NEEDED and place not in NEEDED[name]:
                known = ", ".join(f"{{{one}}}" for one in sorted(NEEDED[name]))
                yield document.problem(path, f"`{{{place}}}` has no value", f"use one of {known}")
