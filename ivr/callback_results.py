"""What became of attempts: from what the PBX noted to facts, each attempt once.

The notes are read whether the service saw the attempt end or finds it after a restart, so that
there is one way and one result.
"""

from collections.abc import Container, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from config.phones import normalise
from config.settings_groups import Callbacks
from ivr import attempt_notes
from ivr.attempt_notes import AttemptNotes
from ivr.callback_policy import Verdict, dialled, moved, verdict
from ivr.conversation import Teller
from ivr.facts_queue import CallbackTried
from ivr.ports import Hours
from ivr.ports_queue import CallbackDesk, DueCallback

log = structlog.get_logger()

ENGAGED = timedelta(minutes=1)
"""Somebody who is on the line with us just now is called again after so long."""


class CallbackResults:
    def __init__(
        self, desk: CallbackDesk, hours: Hours, teller: Teller, policy: Callbacks, folder: Path
    ) -> None:
        """`folder`: where the PBX notes attempts."""
        self._desk, self._hours, self._teller = desk, hours, teller
        self._policy, self._folder = policy, folder
        self.declined: set[UUID] = set()
        """Callbacks that an agent has refused: the next one may not."""

    async def settle(self, held: Mapping[UUID, DueCallback], alive: Container[UUID]) -> set[UUID]:
        """Tell what became of attempts that live no more; returns those that are settled.

        Raises `DeskAway`, `NotKept`; what was not told is told the next time."""
        settled = set()
        for path in sorted(self._folder.glob("*.txt")):
            notes = self._read(path)
            if notes is None or notes.attempt in alive:
                continue
            due = held.get(notes.attempt)
            if due is None:
                await self._late(notes)
            elif await self._settled(due, notes):
                settled.add(notes.attempt)
            path.unlink(missing_ok=True)
        return settled | await self._unknown(held, alive, settled)

    async def close(self, due: DueCallback) -> None:
        """The line is closed: it is moved to the next opening."""
        await self._tell(due, moved(self._hours))

    async def forbid(self, due: DueCallback) -> None:
        """None of its numbers may be dialled: a person has to see to it."""
        await self._tell(due, Verdict("forbidden"))

    async def _settled(self, due: DueCallback, notes: AttemptNotes) -> bool:
        """Whether the claim is over; if not, it may be placed again."""
        if notes.withheld == "engaged" and not due.dialling:
            await self._desk.release(due.id, due.attempt, self._hours.now() + ENGAGED)
            return True
        if not (notes.number or notes.withheld == "closed" or notes.agent):
            return False
        if notes.declined:
            self.declined.add(due.id)
        await self._tell(due, verdict(self._policy, self._hours, due, notes), notes)
        return True

    async def _unknown(
        self,
        held: Mapping[UUID, DueCallback],
        alive: Container[UUID],
        settled: Container[UUID],
    ) -> set[UUID]:
        """Dialled perhaps, and neither a channel nor a note of it: nobody may be called twice."""
        lost = [
            due
            for attempt, due in held.items()
            if due.dialling and attempt not in alive and attempt not in settled
        ]
        for due in lost:
            await self._tell(due, Verdict("uncertain"))
        return {due.attempt for due in lost}

    async def _late(self, notes: AttemptNotes) -> None:
        """An attempt whose callback was cancelled, or settled just before a restart."""
        if notes.callback and notes.number:
            result, talked = dialled(self._policy, notes)
            await self._keep(notes.callback, notes, Verdict(result, talked))

    async def _tell(
        self, due: DueCallback, result: Verdict, notes: AttemptNotes | None = None
    ) -> None:
        await self._keep(due.id, notes or AttemptNotes(due.attempt), result, due.phone)
        log.info("callback.tried", callback=str(due.id), result=result.result, again=result.again)

    async def _keep(
        self, callback: UUID, notes: AttemptNotes, result: Verdict, phone: str = ""
    ) -> None:
        await self._teller.keep(
            CallbackTried(
                id=notes.attempt,
                call=callback,
                at=self._hours.now(),
                attempt=notes.attempt,
                callback=callback,
                agent=notes.agent,
                phone=normalise(notes.number) or phone,
                result=result.result,
                talked=result.talked,
                again=result.again,
            )
        )

    def _read(self, path: Path) -> AttemptNotes | None:
        try:
            return attempt_notes.read(path)
        except (OSError, ValueError) as error:
            log.warning(
                "callback.notes_unreadable",
                file=path.name,
                reason=str(error),
                remedy="see the file `.unreadable`; if it was dialled, a person sees to it",
            )
        with suppress(OSError):
            path.rename(path.with_suffix(".unreadable"))
        return None
