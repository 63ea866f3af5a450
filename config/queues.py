"""`queues.yaml`: the queues that callers wait in, checked whole. All times are in seconds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.documents import ConfigError, Document, Problem, load, wrong
from config.settings_groups import Category

Language = Literal["id", "en"]
Strategy = Literal[
    "rrmemory", "rrordered", "leastrecent", "fewestcalls", "random", "wrandom", "ringall"
]
"""As `app_queue` names them; without `linear`, which cannot be changed while the PBX runs."""

AGENT_PREFIX = "agent-"
"""Of the queue that an agent has of their own."""


def _queue_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
        raise wrong(f"`{name}` is no name for a queue", "use up to 40 of a-z, 0-9, - and _")
    if name == "general":
        raise wrong(
            "`general` is a section of the PBX's own", "name the queue otherwise, as `umum`"
        )
    if name.startswith(AGENT_PREFIX) or re.search(r"-(id|en)$", name):
        raise wrong(f"`{name}` looks like a queue that is made from others", "name it otherwise")
    return name


def _some_language(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    if not languages or len(set(languages)) < len(languages):
        raise wrong("a queue speaks each of its languages once", "write it as `[id, en]`")
    return languages


QueueName = Annotated[str, AfterValidator(_queue_name)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Title(Strict):
    """What agents read and hear the queue called."""

    id: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]


class Announce(Strict):
    """What a caller is told of the wait."""

    position: bool = False
    wait: bool = False
    """The expected wait, when enough was measured for it to mean something."""


class Overflow(Strict):
    """Where a caller is moved who has waited so long; the time waited counts there too."""

    to: str
    after: Seconds


class Queue(Strict):
    """One queue, as callers and agents know it."""

    title: Title
    languages: Annotated[tuple[Language, ...], AfterValidator(_some_language)] = ("id",)
    """The first one's callers wait in the queue itself, others in a twin `NAME-en`."""
    categories: tuple[Category, ...] = ()
    """The tickets whose callers belong here."""
    strategy: Strategy = "rrmemory"
    ring: Annotated[int, Field(ge=5, le=120)] = 20
    """How long one agent's phone rings; who does not answer is paused."""
    retry: Annotated[int, Field(ge=1, le=60)] = 1
    """Until the next agent is tried."""
    wrap_up: Annotated[int, Field(ge=0, le=3600)] = 10
    """An agent's rest after a call."""
    service_level: Seconds = 20
    """A call answered within it counts as answered in time."""
    weight: Annotated[int, Field(ge=0, le=100)] = 0
    """An agent of several queues serves the one of the highest weight first."""
    music: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] = "default"
    """A class of `musiconhold.conf`; what is said again and again belongs to it."""
    max_wait: Seconds = 600
    """After it a callback is offered."""
    max_length: Annotated[int, Field(ge=1, le=1000)] = 50
    """More callers than this are offered a callback at once."""
    nobody: Literal["callback", "overflow"] = "callback"
    """When nobody is logged in: offer a callback, or go on to the overflow queue at once."""
    announce: Announce = Announce()
    overflow: Overflow | None = None


class _File(Strict):
    default: str
    """The queue of every category that none claims."""
    queues: Annotated[dict[QueueName, Queue], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Queues(Mapping[str, Queue]):
    """The queues by name, in the file's order."""

    default: str
    by_name: Mapping[str, Queue]

    def __getitem__(self, name: str) -> Queue:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def of_category(self, category: str) -> str:
        """The name of the queue that a ticket of this category belongs to."""
        names = (name for name, queue in self.items() if category in queue.categories)
        return next(names, self.default)

    def on_pbx(self, name: str, language: str) -> str:
        """The PBX's name of the queue, or of its twin, that serves this language.

        A language that the queue does not speak is served by the queue itself.
        """
        others = self[name].languages[1:]
        return f"{name}-{language}" if language in others else name

    def named(self, on_pbx: str) -> str | None:
        """The queue's name by its name on the PBX; None for an agent's own or an unknown one."""
        name = re.sub(r"-(id|en)$", "", on_pbx)
        return name if name in self else None


def agent_queue(extension: str) -> str:
    """The PBX's name of the queue that an agent has of their own."""
    return f"{AGENT_PREFIX}{extension}"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `queues.yaml`, for editors."""
    return _File.model_json_schema()


def load_queues(path: Path) -> Queues:
    """The file, checked whole; raises `ConfigError`."""
    document = load(path)
    written = document.as_model(_File)
    queues = Queues(written.default, written.queues)
    problems = [*_default(document, queues), *_overflows(document, queues)]
    problems += _categories(document, queues)
    if problems:
        raise ConfigError(*sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return queues


def _default(document: Document, queues: Queues) -> Iterator[Problem]:
    if queues.default not in queues:
        yield document.problem(("default",), *_unknown(queues.default, queues))


def _overflows(document: Document, queues: Queues) -> Iterator[Problem]:
    for name, queue in queues.items():
        place: tuple[Any, ...] = ("queues", name, "overflow")
        if queue.overflow is None:
            if queue.nobody == "overflow":
                remedy = "add `overflow:`, or write `nobody: callback`"
                where = ("queues", name, "nobody")
                yield document.problem(where, "there is no overflow queue", remedy)
        elif queue.overflow.to not in queues:
            yield document.problem((*place, "to"), *_unknown(queue.overflow.to, queues))
        elif name in (way := _way(name, queues)):
            circle = " → ".join((name, *way))
            remedy = "let one of them overflow elsewhere, or nowhere"
            yield document.problem((*place, "to"), f"callers would go round: {circle}", remedy)
        elif queue.overflow.after >= queue.max_wait:
            message = f"callers leave after {queue.max_wait} s (`max_wait`), before they overflow"
            yield document.problem((*place, "after"), message, "make it less than `max_wait`")


def _way(name: str, queues: Queues) -> list[str]:
    """The queues that a caller overflows to, one after the other, until one comes again."""
    way: list[str] = []
    here = queues[name]
    while here.overflow and here.overflow.to in queues and here.overflow.to not in way:
        way.append(here.overflow.to)
        here = queues[here.overflow.to]
    return way


def _categories(document: Document, queues: Queues) -> Iterator[Problem]:
    claimed: dict[str, str] = {}
    for name, queue in queues.items():
        for place, category in enumerate(queue.categories):
            if category in claimed:
                message = f"`{claimed[category]}` has the category {category} already"
                where = ("queues", name, "categories", place)
                yield document.problem(where, message, "leave it to one of them")
            claimed[category] = name


def _unknown(name: str, queues: Queues) -> tuple[str, str]:
    return f"there is no queue `{name}`", f"name one of these: {', '.join(queues)}"
