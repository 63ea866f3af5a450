"""What agents write often."""

from config.documents import ConfigError
from config.macros import load_macros
from config.settings import Settings
from scripts.check.finding import Finding, wrong


def macros(settings: Settings) -> list[Finding]:
    """The texts can be read, and their places are known."""
    try:
        found = load_macros(settings.files.macros)
    except ConfigError as error:
        return wrong("macros", error)
    values = {"count": str(len(found))}
    return [Finding("macros", f"{len(found)} texts", key="macros", values=values)]
