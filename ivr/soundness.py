"""What makes a flow fit to answer a phone: no way leads nowhere, and every way comes to an end."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ivr.flow import (
    CATEGORY,
    DYNAMIC,
    SETTABLE,
    Flow,
    Goodbye,
    Menu,
    Promise,
    Slot,
    Step,
    sounds,
    ways,
)
from ivr.own_prompts import OWN_PROMPTS


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which place of the file, and what to do about it."""

    place: tuple[str | int, ...]
    message: str
    remedy: str


def faults(flow: Flow, prompt_ids: Collection[str]) -> Iterator[Fault]:
    """Everything that is wrong with `flow`; nothing when callers can be let in."""
    astray = [*_missing_start(flow), *_dangling(flow)]
    yield from astray
    yield from _missing_prompts(flow, prompt_ids)
    yield from _unknown_values(flow)
    yield from _endless(flow)
    if not astray:  # else what is unreachable is so by the misspelt targets already told
        yield from _unreachable(flow)
        yield from _unpromised(flow)


def _missing_start(flow: Flow) -> Iterator[Fault]:
    if flow.start not in flow.steps:
        yield Fault(
            ("start",),
            f"the flow starts at {flow.start!r}, which is no step",
            _meant(flow.start, flow.steps),
        )


def _dangling(flow: Flow) -> Iterator[Fault]:
    for name, step in flow.steps.items():
        for way in ways(step):
            if way.to not in flow.steps:
                yield Fault(
                    ("steps", name, *way.place),
                    f"{name} leads to {way.to!r}, which is no step",
                    _meant(way.to, flow.steps),
                )


def _missing_prompts(flow: Flow, prompt_ids: Collection[str]) -> Iterator[Fault]:
    known = {*prompt_ids, *DYNAMIC}
    for name, step in flow.steps.items():
        for place, sound in sounds(step):
            if sound not in known:
                yield Fault(
                    ("steps", name, *place),
                    f"{name} plays {sound!r}, which the catalogue of prompts does not have",
                    _meant(sound, known),
                )
    for prompt in sorted(OWN_PROMPTS.difference(prompt_ids)):
        yield Fault(
            (),
            f"the catalogue of prompts has no {prompt!r}, which the line says by itself",
            f"add `{prompt}:` to catalogue.yaml",
        )


def _unknown_values(flow: Flow) -> Iterator[Fault]:
    for name, step in flow.steps.items():
        if not isinstance(step, Menu):
            continue
        for key, choice in step.keys.items():
            for field, value in choice.sets.items():
                fault = _unknown_value(field, value)
                if fault:
                    yield Fault(("steps", name, "keys", key, "set", field), *fault)


def _unknown_value(field: str, value: str) -> tuple[str, str] | None:
    if field not in SETTABLE:
        return f"a ticket has no field {field!r}", _meant(field, SETTABLE)
    values = SETTABLE[field]
    if values is None or value in values:
        return None
    what = "category" if field == CATEGORY else f"value of {field}"
    return f"{value!r} is no {what}", _meant(value, values)


def _unreachable(flow: Flow) -> Iterator[Fault]:
    reached = _reached(flow)
    for name in flow.steps:
        if name not in reached:
            yield Fault(
                ("steps", name),
                f"no way leads to {name}",
                "lead a key or a `then` to it, or remove it",
            )
    if not any(isinstance(flow.steps[name], Goodbye) for name in reached):
        yield Fault(
            ("steps",), "no way leads to a goodbye", "add a step of type goodbye and lead to it"
        )


def _unpromised(flow: Flow) -> Iterator[Fault]:
    """Other times offered for a call that nobody has promised."""
    for name in sorted(_reached(flow, before=Promise)):
        if isinstance(flow.steps[name], Slot):
            yield Fault(
                ("steps", name),
                f"a caller comes to {name} who was promised no call",
                "lead to it only from behind a step of type promise",
            )


def _reached(flow: Flow, before: type[Step] | None = None) -> set[str]:
    """The steps that callers come to; only those before a step of that type."""
    reached: set[str] = set()
    ahead = [flow.start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            step = flow.steps[name]
            if before is None or not isinstance(step, before):
                ahead.extend(way.to for way in ways(step))
    return reached


def _endless(flow: Flow) -> Iterator[Fault]:
    """Rounds that a caller makes without pressing a key.

    A wait does not excuse a round: a queue without agents is left at once, and a menu that
    leads back to itself would hold a line whose caller is gone for ever.
    """
    done: set[str] = set()
    for name in flow.steps:
        yield from _rounds(flow, name, (), done)


def _rounds(flow: Flow, name: str, trail: tuple[str, ...], done: set[str]) -> Iterator[Fault]:
    if name in done or name not in flow.steps:
        return
    trail = (*trail, name)
    for way in ways(flow.steps[name]):
        if way.key is not None:
            continue
        if way.to in trail:
            round_trip = " → ".join((*trail[trail.index(way.to) :], way.to))
            yield Fault(
                ("steps", name, *way.place),
                f"a caller who presses nothing goes round for ever: {round_trip}",
                "lead one of these to a goodbye, or ask for a key in a menu between",
            )
        else:
            yield from _rounds(flow, way.to, trail, done)
    done.add(name)


def _meant(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word, sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known)[:12])}"
