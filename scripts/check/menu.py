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
    values = {"flow": str(read), "steps": str(len(read.steps))}
    return [Finding("flow", f"{read}, {len(read.steps)} steps", key="flow", values=values)]


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
        values = {"count": str(beyond)}
        more = Finding("prompts", f"{beyond} more", "as above", "prompts_more", values)
        return [*told, more] if beyond > 0 else told
    values = {"count": str(len(catalogue.ids))}
    good = f"{values['count']} prompts, none missing or stale"
    return [Finding("prompts", good, key="prompts", values=values)]


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
        values = {"count": str(len(missing)), "one": missing[0]}
        remedy = "build the sounds anew: scripts/demo does"
        return [Finding("sounds", found, remedy, "sounds_missing", values)]
    place = {"place": str(settings.files.sounds)}
    return [Finding("sounds", f"built in {place['place']}", key="sounds", values=place)]


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
        file = {"file": str(settings.files.calendar)}
        found = "the line does not open within 400 days"
        return [Finding("calendar", found, remedy, "never_open", file)]
    if closing := read.closing(now):
        why = closing.name or closing.reason
        opens = f"{opening.astimezone(WIB):%Y-%m-%d %H:%M} WIB"
        values = {"why": why, "opens": opens}
        key = "closed_by_name" if closing.name else f"closed_{closing.reason}"
        return [Finding("calendar", f"closed now ({why}), opens {opens}", key=key, values=values)]
    return [Finding("calendar", "open now", key="calendar")]
