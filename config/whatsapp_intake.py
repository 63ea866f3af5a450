"""`whatsapp_intake.yaml`: what who writes by WhatsApp is asked, and how answers are read."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field

from config.documents import ConfigError, Document, Problem, load
from config.settings_groups import Category

PLACES: Mapping[str, frozenset[str]] = {
    "greeting": frozenset({"number"}),
    "promise": frozenset({"number", "due"}),
    "promise_closed": frozenset({"number", "due", "opening"}),
    "how": frozenset(),
    "misunderstood": frozenset(),
    "done": frozenset({"number"}),
    "to_a_person": frozenset({"number"}),
    "stopped": frozenset(),
    "started": frozenset(),
}
"""The texts beside the questions, and what each may have in braces."""
_CATEGORIES = frozenset(get_args(Category))
MOST_BUTTONS = 3
"""As WhatsApp limits them."""

Text = Annotated[str, Field(min_length=1, max_length=900)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Word = Annotated[str, Field(min_length=1, max_length=40)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Model):
    title: Annotated[str, Field(min_length=1, max_length=80)]
    button: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """What stands on its button; without one it is reached by its number alone."""
    also: frozenset[Word] = frozenset()
    """Other words for it."""


class Question(_Model):
    text: Text
    categories: frozenset[Category] | None = None
    """Asked of tickets of these alone."""
    choices: dict[Name, Choice] = {}
    free: bool = False
    """Whether a text that is none of the choices is an answer too."""

    @property
    def takes_any(self) -> bool:
        return self.free or not self.choices

    def is_for(self, category: str) -> bool:
        return self.categories is None or category in self.categories


class Intake(_Model):
    """All of it, in the order in which it is asked."""

    greeting: Text
    promise: Text
    promise_closed: Text
    how: Text
    misunderstood: Text
    done: Text
    to_a_person: Text
    stopped: Text
    started: Text
    skip: frozenset[Word] = frozenset()
    person: frozenset[Word] = frozenset()
    questions: Annotated[dict[Name, Question], Field(min_length=1)]


def load_intake(path: Path) -> Intake:
    """The file, checked whole; raises `ConfigError`."""
    document = load(path)
    found = document.as_model(Intake)
    if problems := [*_places(document, found), *_questions(document, found)]:
        raise ConfigError(*problems)
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """With a value for every place; braces in those are text."""
    return "".join(
        before + (values[place] if place else "") for before, place, _, _ in Formatter().parse(text)
    )


def _places(document: Document, found: Intake) -> Iterator[Problem]:
    for name, known in PLACES.items():
        try:
            parts = list(Formatter().parse(getattr(found, name)))
        except ValueError:
            remedy = "write {{ for a brace itself"
            yield document.problem((name,), "a brace is not closed", remedy)
            continue
        for _, place, form, conversion in parts:
            if place is not None and (place not in known or form or conversion):
                words = ", ".join(f"{{{one}}}" for one in sorted(known)) or "none here"
                yield document.problem((name,), f"`{{{place}}}` is no place", f"use {words}")


def _questions(document: Document, found: Intake) -> Iterator[Problem]:
    for name, question in found.questions.items():
        path = ("questions", name)
        buttons = [one for one in question.choices.values() if one.button]
        if len(buttons) > MOST_BUTTONS:
            message = f"{len(buttons)} choices have buttons"
            yield document.problem(path, message, f"WhatsApp shows {MOST_BUTTONS} at most")
        if name == "category":
            for choice in question.choices.keys() - _CATEGORIES:
                known = ", ".join(sorted(_CATEGORIES))
                yield document.problem(path, f"`{choice}` is no category", f"use one of {known}")
        if name == "consent" and question.choices.keys() != {"yes", "no"}:
            yield document.problem(path, "consent is yes or no", "name the choices yes and no")
