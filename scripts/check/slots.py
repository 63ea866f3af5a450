"""The times that callers may choose fit into the hours."""

from config.calendar import WIB, Calendar
from config.documents import ConfigError
from config.settings import Settings
from config.slots import SlotRules, free_slots
from scripts.check.finding import Finding, wrong


def slots(settings: Settings) -> list[Finding]:
    """When the first begins, if nobody has chosen it."""
    try:
        calendar = Calendar.load(settings.files.calendar)
    except ConfigError as error:
        return wrong("slots", error)
    rules = settings.slots
    found = free_slots(calendar, SlotRules.of(rules), settings.clock.now(), {}, 1)
    if not found:
        message = f"no slot of {rules.minutes} minutes fits into the hours"
        values = {"minutes": str(rules.minutes)}
        return [Finding("slots", message, "make slots.minutes smaller", "no_slot", values)]
    first = f"{found[0].astimezone(WIB):%Y-%m-%d %H:%M} WIB"
    told = f"{rules.minutes} minutes for {rules.capacity} callers each, the first at {first}"
    values = {"minutes": str(rules.minutes), "capacity": str(rules.capacity), "first": first}
    return [Finding("slots", told, key="slots", values=values)]
