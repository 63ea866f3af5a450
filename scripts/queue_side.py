"""The parts for callers who wait, and for callbacks, introduced to one another."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from config.settings import Settings
from ivr.ami import Ami
from ivr.callbacks import Callbacks
from ivr.conversation import QueueSide
from ivr.facts import CallbackPromised, Fact
from ivr.facts_queue import CallbackMoved
from ivr.journal import Journal, NotKept
from ivr.members import Members
from ivr.provisioning import Provisioning
from ivr.queue_board import QueueBoard
from ivr.recordings import LONGEST_TALK
from ivr.slot_book import SlotBook
from ivr.stay_notes import StayNotes
from ivr.sweep import Sweep
from ivr.talk_recordings import TalkFolder
from scripts import dialler
from scripts.line_hours import LineHours
from scripts.phone_desk import PhoneCallbacks
from scripts.recording_store import recordings
from tickets.callbacks import Callbacks as CallbackRows
from tickets.store import Store

TALKS_EVERY = 2.0
"""Seconds between two looks for recordings of talks that are over."""


@dataclass(frozen=True, slots=True)
class Queueing:
    """Run all of `watchers`."""

    for_calls: QueueSide
    slots: SlotBook
    board: QueueBoard
    stays: StayNotes
    callbacks: Callbacks
    talks: TalkFolder
    sweep: Sweep

    def watchers(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.board.run, self.callbacks.run, self.sweep.run, self._store_talks]

    async def take_in(self, alive: Callable[[], Awaitable[set[str] | None]]) -> None:
        """What the PBX noted of stays while nobody watched, into the journal and on."""
        with suppress(NotKept):
            await self.stays.take_in(alive)

    async def _store_talks(self) -> None:
        while True:
            # Before the board has looked nobody seems to talk, and a recording that is paused
            # would be taken away from a talk that goes on.
            if self.board.sure:
                await self.talks.take_in({talk.stay.entry for talk in self.board.talks()})
            await asyncio.sleep(TALKS_EVERY)

    def hear(self, fact: Fact) -> None:
        """A callback may be due at once."""
        if isinstance(fact, CallbackPromised | CallbackMoved):
            self.callbacks.hint()


def make(
    settings: Settings,
    ami: Ami,
    store: Store,
    hours: LineHours,
    journal: Journal,
    provisioning: Provisioning,
    members: Members,
) -> Queueing:
    """The queues' side of an installation."""
    files, pbx = settings.files, settings.pbx.name
    for folder in (files.stays, files.talks):
        folder.mkdir(parents=True, exist_ok=True)
    board = QueueBoard(ami, members, journal.tell, hours.now, pbx)
    desk = PhoneCallbacks(CallbackRows(store, hours.now), lambda: provisioning.queues)
    side = Queueing(
        QueueSide(board, desk, lambda: provisioning.queues, settings.waiting),
        SlotBook(
            desk,
            lambda: hours.calendar,
            settings.slots,
            hours.now,
            lambda: journal.away,
        ),
        board,
        StayNotes(files.stays, pbx, journal, hours.now),
        dialler.make(settings, ami, board, desk, hours, journal),
        TalkFolder(files.talks, recordings(settings, LONGEST_TALK), journal, hours.now),
        Sweep(ami, board, hours),
    )
    journal.on_fact.append(side.hear)
    return side
