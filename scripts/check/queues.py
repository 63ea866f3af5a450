"""Queues, the menu that leads to them and the sentences said in them fit together."""

from collections.abc import Iterator
from pathlib import Path

from config.documents import ConfigError, Document, Problem, load
from config.prompts import Catalogue
from config.queues import Queues, load_queues
from config.settings import Settings
from ivr.flow import Flow
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
        flow_path = settings.files.flows / f"{settings.flow}.yaml"
        menu, flow = load(flow_path), load_flow(flow_path, prompts)
    except ConfigError as error:
        return wrong("queues", error)
    problems = [
        *missing(menu, flow, read, path),
        *_unreachable(document, read, {step.queue for _, step in _named(flow)}),
    ]
    if problems:
        return wrong("queues", ConfigError(*problems))
    values = {"count": str(len(read)), "names": ", ".join(read)}
    return [
        Finding("queues", "{count} queues: {names}".format(**values), key="queues", values=values)
    ]


def missing(menu: Document, flow: Flow, read: Queues, path: Path) -> Iterator[Problem]:
    """Queues that the menu names and `path` does not have."""
    for name, step in _named(flow):
        if step.queue not in read:
            message = f"there is no queue `{step.queue}`"
            remedy = f"add it to {path}, or name another"
            yield menu.problem(("steps", name, "queue"), message, remedy)


def _named(flow: Flow) -> Iterator[tuple[str, QueueStep]]:
    for name, step in flow.steps.items():
        if isinstance(step, QueueStep) and step.queue != BY_CATEGORY:
            yield name, step


def _unreachable(document: Document, read: Queues, named: set[str]) -> Iterator[Problem]:
    """Queues that neither the menu, a category nor another queue leads to."""
    overflows = {queue.overflow.to for queue in read.values() if queue.overflow}
    for name, queue in read.items():
        if name not in named | overflows | {read.default} and not queue.categories:
            message = f"no caller ever comes to `{name}`"
            remedy = "name it in the menu, give it categories, or remove it"
            yield document.key_problem(("queues", name), message, remedy)
