"""The short questions after a first message: what is asked next, and what an answer means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from config.whatsapp_intake import Choice, Intake, Question
from tickets.whatsapp.commands import plain

MOST_MISSES = 2
"""Answers to one question that were none; then it is left to a person."""
LONGEST_ANSWER = 200
"""Characters; what is longer is no answer but a story, for a person to read."""
_BUTTON = "intake:"


class Word(Enum):
    """What an answer can be besides a value."""

    SKIP = auto()
    PERSON = auto()
    NONE = auto()
    """It does not answer the question."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to be sent: a text, and buttons by their ids where there are any."""

    text: str
    buttons: Sequence[tuple[str, str]] = field(default_factory=tuple)


def next_question(
    intake: Intake, category: str, fields: Mapping[str, Any], after: str | None, agreed: bool
) -> str | None:
    """The first one after `after` that is for the category and not known yet; None when all is."""
    names = list(intake.questions)
    for name in names[names.index(after) + 1 if after in names else 0 :]:
        question = intake.questions[name]
        known = (
            agreed
            if name == "consent"
            else category != "UMUM"
            if name == "category"
            else bool(fields.get(name))
        )
        if question.is_for(category) and not known:
            return name
    return None


def answered(intake: Intake, name: str, text: str, button: str | None) -> str | Word:
    """The value that answers the question, or what else was meant."""
    question = intake.questions[name]
    if button is not None:
        asked, _, value = button.removeprefix(_BUTTON).partition(":")
        fits = button.startswith(_BUTTON) and asked == name and value in question.choices
        return _value(question, name, value) if fits else Word.NONE
    said = plain(text)
    if said in intake.skip:
        return Word.SKIP
    if said in intake.person:
        return Word.PERSON
    if choice := _chosen(question, said):
        return _value(question, name, choice)
    if question.takes_any and said and len(text) <= LONGEST_ANSWER:
        return " ".join(text.split())
    return Word.NONE


def asks(name: str, question: Question, before: Sequence[str] = ()) -> Reply:
    """The question as it is sent, after other texts."""
    lines = [
        f"{number}. {choice.title}"
        for number, choice in enumerate(question.choices.values(), start=1)
    ]
    buttons = [
        (f"{_BUTTON}{name}:{key}", choice.button)
        for key, choice in question.choices.items()
        if choice.button
    ]
    text = "\n".join((question.text, *lines))
    return Reply("\n\n".join((*before, text)), tuple(buttons))


def _chosen(question: Question, said: str) -> str | None:
    for number, (key, choice) in enumerate(question.choices.items(), start=1):
        if said == str(number) or said in _words(choice):
            return key
    return None


def _words(choice: Choice) -> frozenset[str]:
    words = {choice.title, choice.button or choice.title, *choice.also}
    return frozenset(plain(word) for word in words)


def _value(question: Question, name: str, key: str) -> str:
    """A field reads as the choice's title; the others are meant by their keys."""
    return key if name in ("category", "consent") else question.choices[key].title
