"""What all calls of a PBX share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ivr.conversation import World
from ivr.flow import Flow
from ivr.messages import MessageFolder
from ivr.stay_notes import StayNotes

CONTEXT = "saluran-in"
"""The hotline's context in the dialplan; calls elsewhere are none of our business."""


@dataclass(frozen=True, slots=True)
class Switchboard:
    pbx: str
    """The PBX's name from the settings."""
    world: World
    flow: Callable[[str], Flow]
    """The flow of a version `name@version`; today's for an empty or a forgotten one."""
    messages: MessageFolder
    stays: StayNotes
    pbx_messages: PurePosixPath
    """The folder of messages by its path on the PBX."""
    durations: Mapping[str, Mapping[str, float]]
    """Seconds of each sound, by language."""
    language: str
    """Spoken to callers who have not chosen."""
