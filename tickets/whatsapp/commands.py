"""Words that are an order to us rather than something told: to stop writing, or to begin again."""

from typing import Literal

Command = Literal["stop", "start"]

_COMMANDS: dict[str, Command] = {
    "stop": "stop",
    "berhenti": "stop",
    "unsubscribe": "stop",
    "mulai": "start",
    "start": "start",
}


def command_of(kind: str, text: str) -> Command | None:
    """Only a message that is nothing else: who writes "berhenti menjual" tells something."""
    return _COMMANDS.get(plain(text)) if kind == "text" else None


def plain(text: str) -> str:
    """As it is compared: without case, spaces around, and a full stop at the end."""
    return " ".join(text.casefold().split()).strip(" .!,)(")
