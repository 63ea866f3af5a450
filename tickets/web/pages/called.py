"""What pages call the things that rows know by short names."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from tickets.cases.names import Names
from tickets.web.language import Words

OWN_QUEUE = "agent-"
"""Of the queue that an agent has of their own, before the extension."""


def callers(words: Words, names: Names, staff: Mapping[str, str]) -> dict[str, Any]:
    """For templates: `queue_title`, `step_title`, and `named` for logins and extensions."""
    return {
        "queue_title": partial(_queue, words, names, staff),
        "step_title": partial(_step, words, names),
        "named": partial(_named, words, staff),
    }


def _queue(words: Words, names: Names, staff: Mapping[str, str], on_pbx: str | None) -> str:
    """Its title, with the language of its callers where that is not everybody's."""
    found = names.queues().get(on_pbx or "")
    if found is None:
        if on_pbx and on_pbx.startswith(OWN_QUEUE):
            return words("live.own_queue", name=_named(words, staff, on_pbx[len(OWN_QUEUE) :]))
        return on_pbx or "–"
    title = found.title[words.language]
    return f"{title} ({words(f'live.callers.{found.callers}')})" if found.callers else title


def _step(words: Words, names: Names, step: str | None) -> str:
    if not step:
        return "–"
    return names.steps().get(step, {}).get(words.language, step)


def _named(words: Words, staff: Mapping[str, str], key: str | None) -> str:
    """A person, or one of our own parts; what is nobody's stays as it is."""
    if not key:
        return "–"
    return staff.get(key) or words.of("actor", key)
