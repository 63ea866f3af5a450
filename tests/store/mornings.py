"""Random days of a call centre: rows for the database, and the same as plain values to count."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st

from tickets.reports import Period
from tickets.store import Connection

PERIOD = Period.day(datetime(2026, 11, 27).date(), timedelta(minutes=15))  # noqa: DTZ001
NOW = PERIOD.start + timedelta(hours=17)
QUEUES = ("umum", "produsen")
AGENTS = ("6001", "6002")
ENDS = ("abandoned", "key", "timeout", "closed", "empty", "moved", "taken", "lost", "odd", None)
STATES = ("waiting", "claimed", "dialling", "done", "cancelled", "human")


@dataclass(frozen=True)
class Stay:
    queue: str
    joined: datetime
    waited: float
    how: str | None
    agent: str | None
    talked: float | None
    placeholder: bool
    id: UUID = field(default_factory=uuid4)

    @property
    def answered(self) -> datetime:
        return self.joined + timedelta(seconds=self.waited)

    @property
    def hung_up(self) -> datetime:
        return self.answered + timedelta(seconds=self.talked or 0)


@dataclass(frozen=True)
class Change:
    agent: str
    state: str
    at: datetime
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Miss:
    agent: str
    at: datetime
    stay: int


@dataclass(frozen=True)
class Promised:
    at: datetime
    queue: str
    promised: datetime
    state: str
    tries: tuple[datetime, ...]
    kept_by: str | None
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Morning:
    stays: list[Stay]
    changes: list[Change]
    misses: list[Miss]
    promises: list[Promised]


_moments = st.integers(-3600, 24 * 3600 + 3600).map(
    lambda seconds: PERIOD.start + timedelta(seconds=seconds)
)


@st.composite
def _stays(draw: st.DrawFn) -> Stay:
    answered = draw(st.booleans())
    ends = draw(st.booleans())
    return Stay(
        queue=draw(st.sampled_from(QUEUES)),
        joined=draw(_moments),
        waited=float(draw(st.integers(0, 900))),
        how="answered" if answered else draw(st.sampled_from(ENDS)),
        agent=draw(st.sampled_from(AGENTS)) if answered else None,
        talked=float(draw(st.integers(0, 1800))) if answered and ends else None,
        placeholder=draw(st.integers(0, 4)) == 0,
    )


@st.composite
def _promises(draw: st.DrawFn) -> Promised:
    at = draw(_moments)
    promised = at + timedelta(minutes=draw(st.integers(0, 300)))
    state = draw(st.sampled_from(STATES))
    delays = draw(st.lists(st.integers(-5, 60), max_size=3, unique=True))
    return Promised(
        at=at,
        queue=draw(st.sampled_from(QUEUES)),
        promised=promised,
        state=state,
        tries=tuple(promised + timedelta(minutes=minutes) for minutes in sorted(delays)),
        kept_by=draw(st.sampled_from(AGENTS)) if state == "done" else None,
    )


@st.composite
def mornings(draw: st.DrawFn) -> Morning:
    stays = draw(st.lists(_stays(), max_size=12))
    changes = [
        Change(draw(st.sampled_from(AGENTS)), state, at)
        for at in draw(st.lists(_moments, max_size=10, unique=True))
        for state in [draw(st.sampled_from(("out", "ready", "paused", "wrapping_up")))]
    ]
    # Some wrap-ups follow a talk, as they do.
    taken = {change.at for change in changes}
    for stay in stays:
        after = stay.hung_up + timedelta(seconds=1)
        if stay.agent and stay.talked is not None and draw(st.booleans()) and after not in taken:
            changes.append(Change(stay.agent, "wrapping_up", after))
            taken.add(after)
    misses = [
        Miss(draw(st.sampled_from(AGENTS)), draw(_moments), n) for n in range(min(3, len(stays)))
    ]
    return Morning(stays, changes, misses, draw(st.lists(_promises(), max_size=8)))


async def write(sql: Connection, morning: Morning) -> None:
    """The morning as rows of an empty database."""
    call, person = uuid4(), uuid4()
    await sql.execute("INSERT INTO call (id, began_at) VALUES ($1, $2)", call, PERIOD.start)
    await sql.execute("INSERT INTO person (id, met_at) VALUES ($1, $2)", person, PERIOD.start)
    await _write_stays(sql, morning, call)
    await sql.executemany(
        "INSERT INTO presence_event VALUES ($1, $2, $3, '', 'phone', $4)",
        [(c.id, c.agent, c.state, c.at) for c in morning.changes],
    )
    await sql.executemany(
        "INSERT INTO ring_miss VALUES ($1, $2, $3, 20, 'no_answer', $4)",
        [(uuid4(), morning.stays[m.stay].id, m.agent, m.at) for m in morning.misses],
    )
    for number, promise in enumerate(morning.promises):
        await _write_promise(sql, promise, number, call, person)


async def _write_stays(sql: Connection, morning: Morning, call: UUID) -> None:
    await sql.executemany(
        "INSERT INTO queue_entry (id, call, callback, queue, since, priority, position, joined_at,"
        " left_at, how, agent, answered_at, waited, talk_ended_at, talked)"
        " VALUES ($1, $2, $3, $4, $5, 0, 1, $5, $6, $7, $8, $9, $10, $11, $12)",
        [
            (
                stay.id,
                None if stay.placeholder else call,
                uuid4() if stay.placeholder else None,
                stay.queue,
                stay.joined,
                stay.answered if stay.how else None,
                stay.how,
                stay.agent,
                stay.answered if stay.agent else None,
                stay.waited if stay.agent else None,
                stay.hung_up if stay.talked is not None else None,
                stay.talked,
            )
            for stay in morning.stays
        ],
    )


async def _write_promise(
    sql: Connection, promise: Promised, number: int, call: UUID, person: UUID
) -> None:
    ticket, phone = uuid4(), f"+62812345{number:05d}"
    await sql.execute(
        "INSERT INTO ticket (id, number, category, channel, confidential, anonymous, language,"
        " opened_at, first_response_due, deadline, call, reason)"
        " VALUES ($1, $2, 'INFO', 'phone', false, true, 'id', $3, $3, $3, $4, 'request')",
        ticket,
        f"{number:08d}",
        promise.at,
        call,
    )
    await sql.execute("INSERT INTO phone (number, person) VALUES ($1, $2)", phone, person)
    await sql.execute(
        "INSERT INTO callback (id, ticket, phone, type, due, since, asked_at, state, promised,"
        " queue, claimed_by, claimed_at, attempt)"
        " VALUES ($1, $2, $3, 'slot', $4, $5, $5, $6, $4, $7, 'here', $5, $1)",
        promise.id,
        ticket,
        phone,
        promise.promised,
        promise.at,
        promise.state,
        promise.queue,
    )
    await sql.execute(
        "INSERT INTO callback_request VALUES ($1, $2, $3, $4, 'slot', $5, $6)",
        uuid4(),
        promise.id,
        ticket,
        call,
        promise.promised,
        promise.at,
    )
    last = len(promise.tries) - 1
    await sql.executemany(
        "INSERT INTO callback_attempt (id, callback, dialled_at, agent, result, at)"
        " VALUES ($1, $2, $3, $4, $5, $3)",
        [
            (uuid4(), promise.id, at, promise.kept_by, "kept" if n == last else "busy")
            if promise.kept_by
            else (uuid4(), promise.id, at, None, "busy")
            for n, at in enumerate(promise.tries)
        ],
    )
