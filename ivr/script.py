"""From a YAML file to a flow that has been checked whole."""

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import assert_never

from pydantic import ValidationError

from config.documents import ConfigError, parsed, text_of
from ivr import written
from ivr.flow import (
    Choice,
    Consent,
    Enquiry,
    Flow,
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
)
from ivr.soundness import faults


def load_flow(path: Path, prompt_ids: Collection[str]) -> Flow:
    """The flow in `path`.

    Raises `ConfigError` with every problem of the file, each with its line, column and remedy.
    """
    text_of(path)  # refuses what is no text
    return flow_of(str(path), path.read_bytes(), prompt_ids)


def flow_of(file: str, source: bytes, prompt_ids: Collection[str]) -> Flow:
    """The same of bytes that are to become the file, in which `file` is named."""
    document = parsed(file, source.decode("utf-8-sig"))
    try:
        whole = written.Flow.model_validate(document.value)
    except ValidationError as error:
        raise ConfigError(*document.problems(error)) from None
    flow = _flow(whole, source)
    problems = [
        document.problem(fault.place, fault.message, fault.remedy)
        for fault in faults(flow, prompt_ids)
    ]
    if problems:
        raise ConfigError(*sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return flow


def _flow(whole: written.Flow, source: bytes) -> Flow:
    return Flow(
        name=whole.name,
        version=hashlib.sha256(source).hexdigest()[:8],
        start=whole.start,
        steps={name: _step(step, whole) for name, step in whole.steps.items()},
        titles={
            name: {"id": step.title.id, "en": step.title.en}
            for name, step in whole.steps.items()
            if step.title
        },
    )


def _step(step: written.Step, whole: written.Flow) -> Step:
    defaults = whole.defaults
    match step:
        case written.Hours():
            return Hours(step.open, step.closed)
        case written.Say():
            return Say(tuple(step.say), step.then, step.informs)
        case written.Consent():
            return Consent(step.purpose, tuple(step.say), step.then)
        case written.Menu():
            return _menu(step, defaults)
        case written.Enquiry():
            return Enquiry(
                step.tries or defaults.tries, step.then, step.otherwise or defaults.otherwise
            )
        case written.Queue():
            return Queue(
                step.queue,
                step.wait,
                step.otherwise,
                callback=step.callback or step.otherwise,
                menu=step.menu or whole.start,
            )
        case written.Number():
            return Number(
                step.tries or defaults.tries, step.then, step.otherwise or defaults.otherwise
            )
        case written.Promise():
            return Promise(step.then)
        case written.Slot():
            return Slot(step.tries or defaults.tries, step.then)
        case written.Training():
            return Training(
                step.tries or defaults.tries,
                step.then,
                step.otherwise or defaults.otherwise,
                step.menu or whole.start,
            )
        case written.Message():
            return Message(step.seconds, step.silence, step.then)
        case written.Goodbye():
            return Goodbye(tuple(step.say))
        case never:
            assert_never(never)


def _menu(menu: written.Menu, defaults: written.Defaults) -> Menu:
    return Menu(
        sounds=tuple(menu.say),
        keys={
            key: Choice(choice.to, choice.set, choice.language) for key, choice in menu.keys.items()
        },
        silence=menu.silence or defaults.silence,
        tries=menu.tries or defaults.tries,
        otherwise=menu.otherwise or defaults.otherwise,
        invalid=tuple(menu.invalid),
        silent=tuple(menu.silent),
    )
