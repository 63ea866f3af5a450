"""Queues, the menu that leads to them and the sentences said in them fit together."""

from collections.abc import Iterator

from config.documents import ConfigError, Document, Problem, load
from config.prompts import Catalogue
from config.queues import Queues, load_queues
from config.settings import Settings
from ivr.flow import Queue as QueueStep
from ivr.routing import BY_CATEGORY
from ivr.script import load_flow
from scripts.check.finding import Finding, wrong


def queues(settings: Settings) -> list[Finding]:
    """Every queue of the menu is there and can be reached."""
    path = settings.files.queues
    try:
        read, document = load_queues(path), load(path)
        prompts = frozenset(Catalogue.load(settings.files.prompts).ids)
        named = _named(settings, prompts)
    except ConfigError as error:
        return wrong("queues", error)
    problems = [
        *(problem for queue, problem in named if queue not in read),
        *_unreachable(document, read, {queue for queue, _ in named}),
    ]
    if problems:
        return wrong("queues", ConfigError(*problems))
    return [Finding("queues", f"{len(read)} queues: {', '.join(read)}")]


def _named(settings: Settings, prompts: frozenset[str]) -> list[tuple[str, Problem]]:
    """The queues that the menu names, each with what to say if it is not there."""
    path = settings.files.flows / f"{settings.flow}.yaml"
    document = load(path)
    return [
        (
            step.queue,
            document.problem(
                ("steps", name, "queue"),
                f"there is no queue `{step.queue}`",
                f"add it to {settings.files.queues}, or name another",
            ),
        )
        for name, step in load_flow(path, prompts).steps.items()
        if isinstance(step, QueueStep) and step.queue != BY_CATEGORY
    ]


def _unreachable(document: Document, read: Queues, named: set[str]) -> Iterator[Problem]:
    """Queues that neither the menu, a category nor another queue leads to."""
    overflows = {queue.overflow.to for queue in read.values() if queue.overflow}
    for name, queue in read.items():
        if name not in named | overflows | {read.default} and not queue.categories:
            message = f"no caller ever comes to `{name}`"
            remedy = "name it in the menu, give it categories, or remove it"
            yield document.key_problem(("queues", name), message, remedy)
