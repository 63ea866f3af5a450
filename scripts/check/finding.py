"""One line of a check."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.documents import ConfigError


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    """What was looked at: `flow`, `database`, …"""
    found: str
    """How it stands, or what is wrong."""
    remedy: str = ""
    """What to do about it; empty when all is well."""
    key: str = ""
    """Names what was found, for a page that says it in another language (`health.say.check_KEY`,
    `health.do.check_KEY`); empty where only these words tell it, such as a file's mistakes."""
    values: Mapping[str, str] = field(default_factory=dict)
    """In those words."""

    @property
    def ok(self) -> bool:
        return not self.remedy


def wrong(subject: str, error: ConfigError) -> list[Finding]:
    """A finding for every problem of a file."""
    return [
        Finding(
            subject,
            f"{one.file}:{one.line}:{one.column}: {one.message}"
            if one.line
            else f"{one.file}: {one.message}",
            one.remedy,
        )
        for one in error.problems
    ]
