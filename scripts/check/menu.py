"""What callers hear, and when: flow, prompts and calendar."""

from config.calendar import WIB, Calendar
from config.documents import ConfigError
from config.prompts import Catalogue, load_durations
from config.settings import Settings
from ivr.script import load_flow
from scripts.check.finding import Finding, wrong

MOST_PROMPTS = 10
"""Problems told one by one; a checkout without masters has hundreds."""


def flow(settings: Settings) -> list[Finding]:
    """The installation's menu as the service would read it."""
    path = settings.files.flows / f"{settings.flow}.yaml"
    try:
        read = load_flow(path, frozenset(Catalogue.load(settings.files.prompts).ids))
    except ConfigError as error:
        return wrong("flow", error)
    return [Finding("flow", f"{read}, {len(read.steps)} steps")]


def prompts(settings: Settings) -> list[Finding]:
    """Every sentence has a recording that says its words."""
    try:
        catalogue = Catalogue.load(settings.files.prompts)
        problems = catalogue.problems()
    except ConfigError as error:
        return wrong("prompts", error)
    if problems:
        told = wrong("prompts", ConfigError(*problems[:MOST_PROMPTS]))
        beyond = len(problems) - MOST_PROMPTS
        return [*told, Finding("prompts", f"{beyond} more", "as above")] if beyond > 0 else told
    return [Finding("prompts", f"{len(catalogue.ids)} prompts, none missing or stale")]


def sounds(settings: Settings) -> list[Finding]:
    """Every prompt was made into what the PBX plays."""
    try:
        seconds = load_durations(settings.files.sounds / "durations.json")
        ids = Catalogue.load(settings.files.prompts).ids
    except ConfigError as error:
        return wrong("sounds", error)
    missing = [
        f"{language}/{prompt}"
        for language in settings.languages
        for prompt in sorted(ids)
        if prompt not in seconds.get(language, {})
    ]
    if missing:
        found = f"{len(missing)} prompts were not built, such as {missing[0]}"
        return [Finding("sounds", found, "build the sounds anew: scripts/demo does")]
    return [Finding("sounds", f"built in {settings.files.sounds}")]


def calendar(settings: Settings) -> list[Finding]:
    """The hours can be read, and the line opens some day."""
    try:
        read = Calendar.load(settings.files.calendar, settings.hours)
    except ConfigError as error:
        return wrong("calendar", error)
    now = settings.clock.now()
    opening = read.next_opening(now)
    if opening is None:
        remedy = f"give {settings.files.calendar} a day with hours"
        return [Finding("calendar", "the line does not open within 400 days", remedy)]
    if closing := read.closing(now):
        why = closing.name or closing.reason
        opens = f"{opening.astimezone(WIB):%Y-%m-%d %H:%M} WIB"
        return [Finding("calendar", f"closed now ({why}), opens {opens}")]
    return [Finding("calendar", "open now")]
