"""The few words that stand in a step's box."""

from collections.abc import Callable
from typing import assert_never

from ivr.flow import (
    DYNAMIC,
    OTHER_LANGUAGE,
    Consent,
    Enquiry,
    Goodbye,
    Hours,
    Menu,
    Message,
    Number,
    Promise,
    Queue,
    Say,
    Slot,
    Step,
    Training,
    Way,
)

Text = Callable[[str], str]
"""A prompt's words in the picture's language, by its id."""


def kind(step: Step) -> str:
    """The step's type as the file names it."""
    return type(step).__name__.lower()


def about(step: Step, text: Text) -> str:
    """What the caller hears first, or what the step does."""
    match step:
        case Say() | Consent() | Menu() | Goodbye():
            return " ".join(f"‹{s}›" if s in DYNAMIC else text(s) for s in step.sounds)
        case Hours():
            return "by the calendar"
        case Enquiry():
            return f"ticket number and PIN, {step.tries} tries"
        case Queue():
            return f"queue {step.queue}, up to {step.wait} s"
        case Number():
            return "which number we call back"
        case Promise():
            return "ticket, promise, number and PIN twice"
        case Slot():
            return "another time for the call, by key"
        case Training():
            return "the next trainings, sign-up by key"
        case Message():
            return f"voice message, up to {step.seconds} s"
        case never:
            assert_never(never)


def noted(step: Step, way: Way) -> str:
    """What a key notes for the ticket, and the language it changes to."""
    if not isinstance(step, Menu) or way.key is None:
        return ""
    choice = step.keys[way.key]
    language = {None: [], OTHER_LANGUAGE: ["other language"]}.get(
        choice.language, [str(choice.language)]
    )
    return ", ".join([*choice.sets.values(), *language])


def opening(step: Step, way: Way) -> str:
    """When a way opens: its key, or its word in the file."""
    if way.key is not None:
        return way.key
    if isinstance(step, Menu):
        return f"after {step.tries}×"
    return way.place[0]
