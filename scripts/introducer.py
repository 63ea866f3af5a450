"""The parts of three-way calls, introduced to one another."""

from config.settings import Settings
from ivr.ami import Ami
from ivr.introductions import Dial, Introductions
from ivr.journal import Journal
from ivr.ports import Hours
from ivr.presence import Presence


def make(
    settings: Settings, ami: Ami, presence: Presence, hours: Hours, journal: Journal
) -> Introductions:
    """Those of an installation; run it with `Introductions.run`."""
    settings.files.introductions.mkdir(parents=True, exist_ok=True)
    return Introductions(
        ami,
        presence,
        hours,
        journal,
        settings.callbacks,
        Dial(settings.pbx.trunk, settings.number),
        settings.files.introductions,
    )
