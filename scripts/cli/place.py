"""Which installation a command means."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from config.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """The state folder and the settings' file as given; None where not given."""

    state: Path | None
    config: Path | None

    def settings(self) -> "Settings":
        """The installation's settings; raises `ConfigError`."""
        from config.settings import load_settings

        return load_settings(self.state, self.config)

    def settings_or_defaults(self) -> "Settings":
        """As `settings`, but a fresh checkout, of which nobody named a place, has the defaults."""
        from config.settings import DEFAULT_STATE, FILE_NAME, Settings

        unnamed = self.state is None and self.config is None
        if unnamed and not (DEFAULT_STATE / FILE_NAME).exists():
            return Settings(state=DEFAULT_STATE.absolute())
        return self.settings()


Here = Annotated[Place, Parameter(parse=False)]
"""A command's place, filled in from the options that all commands share."""

Json = Annotated[bool, Parameter(name="--json", help="Print JSON instead of a table.")]
Full = Annotated[bool, Parameter(help="Whole phone numbers instead of their last digits.")]
Limit = Annotated[int, Parameter(help="At most so many.")]
