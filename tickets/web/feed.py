"""Events for browsers: what has changed, in order, to each client what it may hear.

An event is a hint: who is interested reads the thing itself, as they may see it.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from uuid import UUID

from tickets.phone_side import PhoneAway, PhoneSide, Picture, Stay
from tickets.rights import Actor, Right

KEPT = 1000
"""Events that can be made up for."""
QUEUED = 200
"""Events that may wait for one client."""
STREAMS = 10
"""Of one user at once."""
_ID = re.compile(r"([0-9a-f]{12})-([0-9]{1,15})")

NEEDS: Mapping[str, Right] = {
    "ticket": Right.TICKETS_READ,
    "callback": Right.CALLBACKS_READ,
    "line": Right.LINE_READ,
    "webhook": Right.WEBHOOKS,
    "figures": Right.LIVE_READ,
    "agents": Right.LIVE_READ,
    "queues": Right.LIVE_READ,
    "phone": Right.LIVE_READ,
    "ring": Right.AGENTS_OWN,
    "talk": Right.AGENTS_OWN,
    "over": Right.AGENTS_OWN,
}
"""Kinds of events, and the right to hear of each; `reset` is for all."""


class TooManyStreams(Exception):
    """This user has as many as one may have."""


class FeedOver(Exception):
    """The desk ends."""


@dataclass(frozen=True, slots=True)
class Happening:
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    secret: bool = False
    """Of a confidential ticket."""
    extension: str = ""
    """For whose phone alone."""

    def is_for(self, actor: Actor) -> bool:
        if self.kind == "reset":
            return True
        return (
            actor.may(NEEDS[self.kind])
            and (not self.secret or actor.may(Right.CONFIDENTIAL))
            and (not self.extension or self.extension == actor.extension)
        )


RESET = Happening("reset")


class Client:
    """One stream, as whoever reads it gets it."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Happening]] = deque()
        self._some = asyncio.Event()
        self._over = False

    def __len__(self) -> int:
        """Events that wait."""
        return len(self._waiting)

    def __bool__(self) -> bool:
        return True

    def close(self) -> None:
        self._over = True
        self._some.set()

    def offer(self, number: int, happening: Happening) -> None:
        if any(other == happening for _, other in self._waiting):
            return  # It has not read of it yet: it will see both at once.
        if len(self._waiting) >= QUEUED:
            self._waiting.clear()
            happening = RESET
        self._waiting.append((number, happening))
        self._some.set()

    async def next(self) -> tuple[int, Happening]:
        """Raises FeedOver."""
        while not self._waiting:
            if self._over:
                raise FeedOver
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()


class Feed:
    """All streams of one desk."""

    def __init__(self, phone: PhoneSide) -> None:
        self._phone = phone
        self._life = token_hex(6)
        """Names this process: numbers of another mean nothing here."""
        self._number = 0
        self._kept: deque[tuple[int, Happening]] = deque(maxlen=KEPT)
        self._clients: dict[Client, UUID] = {}
        self._before: Picture | None = None
        phone.on_change.append(self.look)

    @property
    def streams(self) -> int:
        return len(self._clients)

    @property
    def clients(self) -> list[Client]:
        return list(self._clients)

    @property
    def kept(self) -> int:
        """Events that can be made up for."""
        return len(self._kept)

    def id_of(self, number: int) -> str:
        return f"{self._life}-{number}"

    @property
    def newest(self) -> int:
        return self._number

    @contextmanager
    def client(self, user: UUID, last_id: str) -> Iterator[Client]:
        """A stream that begins after the event that its reader had last. Raises TooManyStreams."""
        if list(self._clients.values()).count(user) >= STREAMS:
            raise TooManyStreams
        client = Client()
        for number, happening in self._since(last_id):
            client.offer(number, happening)
        self._clients[client] = user
        try:
            yield client
        finally:
            del self._clients[client]

    def close(self) -> None:
        """End every stream, so that nobody waits for them."""
        for client in self._clients:
            client.close()

    def tell(self, happening: Happening) -> None:
        self._number += 1
        if happening == RESET:
            self._kept.clear()
        self._kept.append((self._number, happening))
        for client in self._clients:
            client.offer(self._number, happening)

    def hear(self, hint: Mapping[str, Any]) -> None:
        """What a row's trigger told."""
        match hint:
            case {"kind": "ticket", "number": str(number), "secret": bool(secret)}:
                self.tell(Happening("ticket", {"number": number}, secret=secret))
            case {"kind": "callback", "id": str(id_), "secret": bool(secret)}:
                self.tell(Happening("callback", {"id": id_}, secret=secret))
            case {"kind": "line" | "figures" | "webhook" as kind}:
                self.tell(Happening(kind))

    def missed(self) -> None:
        """Rows have changed that nobody told of."""
        self.tell(RESET)

    def look(self) -> None:
        """The phone side has another picture, or none: what is new in it."""
        try:
            now = self._phone.now()
        except PhoneAway:
            self._before = None
            self.tell(Happening("phone", {"there": False}))
            return
        before, self._before = self._before, now
        if before is None:
            self.tell(Happening("phone", {"there": True}))
            before = Picture(at=now.at)
        if list(before.agents) != list(now.agents):
            self._look_at_agents(before, now)
        if (before.queues, before.waiting) != (now.queues, now.waiting):
            self.tell(Happening("queues"))

    def _look_at_agents(self, before: Picture, now: Picture) -> None:
        known = {one.extension: one for one in before.agents}
        for one in now.agents:
            was = known.get(one.extension)
            if one.ringing and one.ringing != (was and was.ringing):
                self.tell(_of("ring", one.extension, one.ringing))
            if one.talk and one.talk != (was and was.talk):
                self.tell(_of("talk", one.extension, one.talk))
            if was and (was.ringing or was.talk) and not (one.ringing or one.talk):
                self.tell(Happening("over", extension=one.extension))
        self.tell(Happening("agents"))

    def _since(self, last_id: str) -> list[tuple[int, Happening]]:
        if not last_id:
            return []
        match = _ID.fullmatch(last_id)
        number = int(match[2]) if match and match[1] == self._life else -1
        oldest = self._kept[0][0] if self._kept else self._number + 1
        if number > self._number or number < oldest - 1:
            return [(self._number, RESET)]
        return [one for one in self._kept if one[0] > number]


def _of(kind: str, extension: str, stay: Stay) -> Happening:
    data = {
        "call": str(stay.call) if stay.call else None,
        "callback": str(stay.callback) if stay.callback else None,
        "queue": stay.queue,
    }
    return Happening(kind, data, extension=extension)
