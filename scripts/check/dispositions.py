"""What agents may say became of a talk."""

from config.dispositions import load_dispositions
from config.documents import ConfigError
from config.settings import Settings
from scripts.check.finding import Finding, wrong


def dispositions(settings: Settings) -> list[Finding]:
    """The list can be read, and no code stands for two things in one category."""
    try:
        found = load_dispositions(settings.files.dispositions)
    except ConfigError as error:
        return wrong("dispositions", error)
    count = len(found.codes)
    values = {"count": str(count)}
    return [Finding("dispositions", f"{count} codes", key="dispositions", values=values)]
