"""What differs between two versions of a flow, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from ivr.flow import Choice, Flow, Menu

START = ""
"""In the place of a step: where the flow begins."""


class How(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Detail:
    """A value of a step, as its file names it (`keys 1`, `say`, `tries`); empty where it is not."""

    name: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class StepChange:
    step: str
    how: How
    details: tuple[Detail, ...] = ()
    """Of a step that is in both."""


def compare(old: Flow, new: Flow) -> list[StepChange]:
    """Nothing for flows that lead the same ways; steps in the order of the new file, then those
    that are gone."""
    found = []
    if old.start != new.start:
        found.append(StepChange(START, How.CHANGED, (Detail("start", old.start, new.start),)))
    for name in new.steps:
        if name not in old.steps:
            found.append(StepChange(name, How.ADDED))
        elif details := tuple(_details(_told(old, name), _told(new, name))):
            found.append(StepChange(name, How.CHANGED, details))
    gone = [name for name in old.steps if name not in new.steps]
    return [*found, *(StepChange(name, How.REMOVED) for name in gone)]


def _details(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Detail]:
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) != now.get(name):
            yield Detail(name, was.get(name, ""), now.get(name, ""))


def _told(flow: Flow, name: str) -> dict[str, str]:
    """Every value of a step by its name."""
    step = flow.steps[name]
    told = {"type": type(step).__name__.lower()}
    told |= {f"title {language}": title for language, title in flow.titles.get(name, {}).items()}
    for one in fields(step):
        value = getattr(step, one.name)
        if isinstance(step, Menu) and one.name == "keys":
            told |= {f"keys {key}": _choice(choice) for key, choice in step.keys.items()}
        else:
            told["say" if one.name == "sounds" else one.name] = _text(value)
    return told


def _choice(choice: Choice) -> str:
    notes = [f"{name}: {value}" for name, value in choice.sets.items()]
    language = [f"language: {choice.language}"] if choice.language else []
    return ", ".join([f"→ {choice.to}", *notes, *language])


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
