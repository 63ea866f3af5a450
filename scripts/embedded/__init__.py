"""The embedded PostgreSQL and Asterisk: nothing is installed, nothing runs as root."""

from scripts.embedded.errors import AlreadyRunning, PortTaken, SetupError
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options

__all__ = ["AlreadyRunning", "Installation", "Options", "PortTaken", "SetupError"]
