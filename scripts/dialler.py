"""The parts of the callback dialler, introduced to one another."""

from config.settings import Settings
from ivr.ami import Ami
from ivr.callback_channels import CallbackChannels
from ivr.callback_results import CallbackResults
from ivr.callbacks import Board, Callbacks
from ivr.journal import Journal
from ivr.ports import Hours
from ivr.ports_queue import CallbackDesk


def make(
    settings: Settings, ami: Ami, board: Board, desk: CallbackDesk, hours: Hours, journal: Journal
) -> Callbacks:
    """The dialler of an installation; run it with `Callbacks.run`."""
    policy = settings.callbacks
    settings.files.callbacks.mkdir(parents=True, exist_ok=True)
    return Callbacks(
        ami,
        CallbackChannels(ami, policy, settings.pbx.trunk, settings.number),
        board,
        desk,
        hours,
        CallbackResults(desk, hours, journal, policy, settings.files.callbacks),
        journal,
        policy,
        by=settings.pbx.name,
    )
