"""The placeholders that live on the PBX, kept from its events and found again after a restart."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from ivr.ami import Ami, Event
from ivr.callback_channels import ASKING, WAITING, half

DIALLING = "dial"


@dataclass(slots=True)
class Placeholder:
    """One attempt's two channels."""

    queued: str = ""
    """The channel that stands in the queue; empty until it has joined."""
    talking: str = ""
    """The channel that talks with the agent, once it is known."""
    taken: bool = False
    """An agent has answered."""
    led: str = ""
    """Where the service has sent the half that talks; it is sent once."""
    joined: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def dialled(self) -> bool:
        return self.led == DIALLING


class LivePlaceholders:
    """By attempt.

    `ended` is called when an agent had taken one and it has ended, `asked` when they have heard who
    it is and the customer may be dialled, `refused` when the PBX could not make one: it may be
    there already.
    """

    def __init__(
        self,
        ami: Ami,
        *,
        ended: Callable[[], None],
        asked: Callable[[UUID], None],
        refused: Callable[[], None],
    ) -> None:
        self._ended, self._asked, self._refused = ended, asked, refused
        self._by_attempt: dict[UUID, Placeholder] = {}
        self._unread: set[UUID] = set()
        """Ended, and what the PBX noted of them may not have been looked at since."""
        ami.on_event("QueueCallerJoin", self._joined)
        ami.on_event("AgentConnect", self._taken)
        ami.on_event("UserEvent", self._heard)
        ami.on_event("OriginateResponse", self._originated)
        ami.on_event("Hangup", self._hung_up)

    def __contains__(self, attempt: object) -> bool:
        """Whether it may not be judged, or made again, now: it lives, or has just ended."""
        return attempt in self._by_attempt or attempt in self._unread

    def __getitem__(self, attempt: UUID) -> Placeholder:
        return self._by_attempt[attempt]

    def get(self, attempt: UUID) -> Placeholder | None:
        return self._by_attempt.get(attempt)

    def items(self) -> list[tuple[UUID, Placeholder]]:
        """As they are now: the list does not change while it is used."""
        return list(self._by_attempt.items())

    def reading(self) -> None:
        """From here on the notes of all that have ended so far are looked at."""
        self._unread.clear()

    def expect(self, attempt: UUID) -> Placeholder:
        """One that is about to be made."""
        self._by_attempt[attempt] = Placeholder()
        return self._by_attempt[attempt]

    def forget(self, attempt: UUID) -> None:
        self._by_attempt.pop(attempt, None)

    def find(self, channels: Iterable[Event]) -> None:
        """Take what the PBX has now for the truth, in place of what was known."""
        known, self._by_attempt = self._by_attempt, {}
        for event in channels:
            if one := half(event.get("Uniqueid")):
                before = known.get(one.attempt) or Placeholder()
                placeholder = self._by_attempt.setdefault(one.attempt, before)
                if one.queued:
                    placeholder.queued = event.get("Channel")
                else:
                    self._find_talking(one.attempt, placeholder, event)

    def _find_talking(self, attempt: UUID, placeholder: Placeholder, event: Event) -> None:
        extension = event.get("Exten")
        placeholder.talking = event.get("Channel")
        placeholder.taken = extension != WAITING
        if extension == DIALLING:
            placeholder.led = DIALLING
        # A list is as old as its making: it may still show one asking who is answered.
        if extension == ASKING and not placeholder.led:
            self._asked(attempt)

    def _joined(self, event: Event) -> None:
        if placeholder := self._of(event):
            placeholder.queued = event.get("Channel")
            placeholder.joined.set()

    def _taken(self, event: Event) -> None:
        if placeholder := self._of(event):
            placeholder.taken = True

    def _heard(self, event: Event) -> None:
        one = half(event.get("Uniqueid"))
        if event.get("UserEvent") == "SaluranCallback" and one:
            placeholder = self._by_attempt.setdefault(one.attempt, Placeholder())
            placeholder.talking, placeholder.taken = event.get("Channel"), True
            self._asked(one.attempt)

    def _originated(self, event: Event) -> None:
        one = half(event.get("Uniqueid"))
        if one and event.get("Response") == "Failure":
            self._end(one.attempt)
            self._refused()

    def _hung_up(self, event: Event) -> None:
        one = half(event.get("Uniqueid"))
        # Its other half may end first: only then is everything noted.
        if one and not one.queued:
            self._end(one.attempt)

    def _end(self, attempt: UUID) -> None:
        if placeholder := self._by_attempt.pop(attempt, None):
            self._unread.add(attempt)
            placeholder.joined.set()
            # One that nobody took waits for the next round: a queue that lets nobody in would
            # otherwise be tried without a pause.
            if placeholder.taken:
                self._ended()

    def _of(self, event: Event) -> Placeholder | None:
        one = half(event.get("Uniqueid"))
        return self._by_attempt.get(one.attempt) if one else None
