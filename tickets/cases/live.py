"""What goes on in the queues now, and who it is that waits, rings or talks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from config.calendar import WIB
from tickets.cases.seen import seen
from tickets.phone_side import PhoneAway, PhoneSide, Picture, Stay
from tickets.queries import SQL
from tickets.reports import Period, Reports
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

PULSE, BEAT = timedelta(hours=2), timedelta(minutes=2)
"""Of the live chart: how far back, and from one moment to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who waits, rings or talks; who they are only for those who may know."""

    entry: UUID | None
    call: UUID | None
    callback: UUID | None
    queue: str
    since: datetime
    phone: str | None
    name: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class People:
    """What rows tell of several at once."""

    by_id: Mapping[UUID, Mapping[str, Any]]

    def of(self, stay: Stay) -> Guest:
        row = self.by_id.get(stay.callback or stay.call or UUID(int=0), {})
        return Guest(
            entry=stay.entry,
            call=stay.call,
            callback=stay.callback,
            queue=stay.queue,
            since=stay.since,
            phone=row.get("phone"),
            name=row.get("name"),
            category=row.get("category") or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLive:
    """A queue now, and its callers of today."""

    queue: str
    waiting: int
    longest_since: datetime | None
    reachable: int
    serving: int
    free: int
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    within: int = 0
    service_level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbacksNow:
    due: int
    late: int
    with_people: int
    live: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """All that a wallboard shows; `at` is the phone side's, None for what it has never told."""

    at: datetime | None
    current: bool
    """False while the phone side is away: what it told last is shown then."""
    waiting: int
    longest_since: datetime | None
    agents: dict[str, int]
    """How many are in each state; `talking` are counted there and not as ready."""
    queues: list[QueueLive]
    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    callbacks: CallbacksNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    at: datetime
    waiting: list[Guest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How many waited and talked, moment by moment up to now; from rows."""

    at: list[datetime]
    waiting: list[int]
    talking: list[int]


@dataclass(frozen=True, slots=True)
class Live:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    phone: PhoneSide
    clock: Callable[[], datetime]
    service_levels: Mapping[str, float] = field(default_factory=dict)
    forgiven: timedelta = timedelta(minutes=15)

    async def waiting(self, actor: Actor) -> Waiting:
        """Who waits, who is served first before the others. Raises PhoneAway."""
        actor.need(Right.LIVE_READ)
        picture = self.phone.now()
        async with self.store.connection() as connection:
            people = await guests(connection, actor, picture.waiting)
        return Waiting(at=picture.at, waiting=[people.of(stay) for stay in picture.waiting])

    async def wall(self, actor: Actor) -> Wall:
        """Never raises PhoneAway: it says how old its figures are."""
        actor.need(Right.LIVE_READ)
        now = self.clock()
        day = Period.day(now.astimezone(WIB).date(), timedelta(days=1))
        figures = await Reports(self.store, now, self.service_levels, self.forgiven).queues(day)
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["callbacks_now"], now, self.forgiven)
        today = {one.queue: one for one in figures}
        picture = self.phone.last or Picture(at=now)
        known = {one.queue: one for one in picture.queues}
        queues = []
        for name in dict.fromkeys([*known, *today]):
            live, done = known.get(name), today.get(name)
            queues.append(
                QueueLive(
                    queue=name,
                    waiting=live.waiting if live else 0,
                    longest_since=live.longest_since if live else None,
                    reachable=live.reachable if live else 0,
                    serving=live.serving if live else 0,
                    free=live.free if live else 0,
                    offered=done.offered if done else 0,
                    answered=done.answered if done else 0,
                    abandoned=done.abandoned if done else 0,
                    within=done.within if done else 0,
                    service_level=done.service_level if done else None,
                )
            )
        answered, abandoned = _sum(queues, "answered"), _sum(queues, "abandoned")
        met = answered + abandoned
        return Wall(
            at=self.phone.last.at if self.phone.last else None,
            current=self._current(),
            waiting=len(picture.waiting),
            longest_since=min((stay.since for stay in picture.waiting), default=None),
            agents=_states(picture),
            queues=queues,
            offered=_sum(queues, "offered"),
            answered=answered,
            abandoned=abandoned,
            service_level=round(_sum(queues, "within") / met, 4) if met else None,
            callbacks=CallbacksNow(**row),
        )

    async def pulse(self, actor: Actor) -> Pulse:
        """Of the last two hours. Callbacks talk, but do not wait: they are called."""
        actor.need(Right.LIVE_READ)
        now = self.clock()
        last = datetime.fromtimestamp(now.timestamp() // BEAT.seconds * BEAT.seconds, UTC)
        async with self.store.connection() as connection:
            rows = await connection.fetch(SQL["busy"], last - PULSE, last, BEAT)
        return Pulse(
            at=[row["at"] for row in rows],
            waiting=[row["waiting"] for row in rows],
            talking=[row["talking"] for row in rows],
        )

    def _current(self) -> bool:
        try:
            self.phone.now()
        except PhoneAway:
            return False
        return True


async def guests(connection: Connection, actor: Actor, stays: Iterable[Stay]) -> People:
    """Who they are; nobody for who may not know."""
    given = list(stays)
    calls = [stay.call for stay in given if stay.call and not stay.callback]
    callbacks = [stay.callback for stay in given if stay.callback]
    if not actor.may(Right.CALLS_READ) or not (calls or callbacks):
        return People({})
    rows = await connection.fetch(
        SQL["live_people"], calls, callbacks, actor.may(Right.CONFIDENTIAL)
    )
    return People({row["id"]: seen(actor, row) for row in rows})


def _states(picture: Picture) -> dict[str, int]:
    found = dict.fromkeys(("ready", "talking", "wrapping_up", "paused", "out"), 0)
    for agent in picture.agents:
        state = "talking" if agent.talk else agent.state
        found[state] = found.get(state, 0) + 1
    return found


def _sum(queues: Iterable[QueueLive], name: str) -> int:
    return sum(getattr(one, name) for one in queues)
