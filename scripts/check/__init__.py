"""`saluran check`: whether an installation could answer the phone now, and if not, what to do."""

from collections.abc import AsyncIterator

from config.settings import Settings
from scripts.check.dispositions import dispositions
from scripts.check.finding import Finding
from scripts.check.machine import clock, folders, keys
from scripts.check.macros import macros
from scripts.check.menu import calendar, flow, prompts, sounds
from scripts.check.queues import queues
from scripts.check.reach import database, pbx
from scripts.check.slots import slots
from scripts.check.whatsapp import whatsapp

__all__ = ["Finding", "check"]

_NEAR = (
    flow,
    queues,
    dispositions,
    macros,
    prompts,
    sounds,
    calendar,
    slots,
    whatsapp,
    keys,
    folders,
    clock,
)


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Every finding, good ones too, as soon as it is known: the near before the far."""
    for part in _NEAR:
        for finding in part(settings):
            yield finding
    yield await database(settings)
    for finding in await pbx(settings):
        yield finding
