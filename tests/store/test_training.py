"""A seat is given once, whoever asks and however late; who waits gets what comes free; and nobody
is left with a word that does not hold."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from config.calendar import Calendar
from ivr.facts_training import TrainingAsked, TrainingTold
from ivr.ids import new_id
from tests.store.conftest import CALENDAR
from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call, Json
from tickets.cases.people import People
from tickets.cases.training import (
    NewTraining,
    Signup,
    TrainingChanged,
    TrainingLine,
    TrainingOver,
    Trainings,
)
from tickets.deadlines import Deadlines
from tickets.desk import PostgresDesk
from tickets.errors import Unacceptable
from tickets.rights import Actor, Role
from tickets.store import Connection, Store
from tickets.training_errands import Errands, unsent

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
BEGINS = MONDAY_8 + 7 * DAY
ANI = "+6281398765432"
SHE = Actor(user=uuid4(), login="sari", name="Sari", role=Role.SUPERVISOR)


class Clock:
    """Whose time a test moves."""

    def __init__(self) -> None:
        self.now = FRIDAY_3

    def __call__(self) -> datetime:
        return self.now


class WhatsApp:
    """Reaches those who agreed, and remembers what they were sent."""

    def __init__(self, *agreed: UUID) -> None:
        self.agreed, self.sent = agreed, list[tuple[str, str, Mapping[str, str]]]()

    async def __call__(
        self,
        connection: Connection,
        person: UUID,
        name: str,
        values: Mapping[str, str],
        *,
        key: str,
        ticket: UUID | None = None,
    ) -> bool:
        if person in self.agreed:
            self.sent.append((name, key, values))
        return person in self.agreed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trainings(store: Store, clock: Clock) -> Trainings:
    return Trainings(store, clock)


@pytest.fixture
def errands(store: Store, clock: Clock, deadlines: Deadlines) -> Errands:
    return Errands(store, clock, deadlines, Calendar.load(CALENDAR).next_opening, unsent)


def session(**more: Any) -> NewTraining:
    values: dict[str, Any] = {
        "title": "Menjahit",
        "city": "Bandung",
        "place": "",
        "starts_at": BEGINS,
        "ends_at": BEGINS + timedelta(hours=3),
        "zone": "WIB",
        "seats": 1,
    }
    return NewTraining(**values | more)


def asks(training: TrainingLine, phone: str, at: datetime = FRIDAY_3) -> Json:
    call = Call(f"1795766400.{phone[-4:]}", phone)
    return TrainingAsked(
        id=new_id(), call=call.id, at=at, training=training.id, phone=phone
    ).to_json()


def ask_in_turn(training: TrainingLine, *phones: str) -> list[Json]:
    """A second after one another."""
    return [asks(training, phone, FRIDAY_3 + n * SECOND) for n, phone in enumerate(phones)]


def hears(training: TrainingLine, phone: str, state: str, at: datetime = FRIDAY_3) -> Json:
    call = Call(f"1795766400.{phone[-4:]}", phone)
    return TrainingTold(
        id=new_id(), call=call.id, at=at, training=training.id, phone=phone, state=state
    ).to_json()


async def listed(trainings: Trainings, training: TrainingLine) -> dict[str | None, str]:
    """States by phone."""
    return {one.phone: one.state for one in await trainings.signups(SHE, training.id)}


async def owed(trainings: Trainings) -> dict[str | None, str]:
    return {one.phone: one.state for one in await trainings.owed(SHE)}


async def test_of_thirty_at_once_by_phone_and_desk_as_many_are_seated_as_there_are_seats(
    desk: PostgresDesk, trainings: Trainings
) -> None:
    training = await trainings.add(SHE, session(seats=7))
    phones = [f"+62812345{n:05d}" for n in range(30)]
    await asyncio.gather(
        *(
            desk.apply([asks(training, phone)])
            if n % 2
            else trainings.sign_up(SHE, training.id, phone)
            for n, phone in enumerate(phones)
        )
    )
    states = await listed(trainings, training)
    assert sorted(states.values()) == ["seated"] * 7 + ["waiting"] * 23
    now = await trainings.read(SHE, training.id)
    assert (now.taken, now.waiting) == (7, 23)
    for phone in phones:
        assert await desk.training_place(training.id, phone) == states[phone]


async def test_the_table_refuses_a_seat_too_many_whoever_writes_it(
    desk: PostgresDesk, trainings: Trainings, sql: Connection
) -> None:
    training = await trainings.add(SHE, session())
    await desk.apply(ask_in_turn(training, SITI, BUDI))
    with pytest.raises(asyncpg.CheckViolationError):
        await sql.execute("UPDATE training_signup SET state = 'seated'")


async def test_told_twice_it_is_one_and_who_asks_again_stays_as_they_are(
    desk: PostgresDesk, trainings: Trainings
) -> None:
    training = await trainings.add(SHE, session())
    fact = asks(training, SITI)
    await desk.apply([fact])
    await desk.apply([fact, asks(training, BUDI), asks(training, SITI)])
    again = await trainings.sign_up(SHE, training.id, "0812-3456-7890")
    assert again.state == "seated"
    assert await listed(trainings, training) == {SITI: "seated", BUDI: "waiting"}


async def test_what_comes_late_through_the_spool_is_never_a_seat_that_is_gone(
    desk: PostgresDesk, trainings: Trainings, errands: Errands
) -> None:
    training = await trainings.add(SHE, session())
    early = asks(training, SITI, at=FRIDAY_3 - timedelta(hours=1))
    assert (await trainings.sign_up(SHE, training.id, BUDI)).state == "seated"
    assert await owed(trainings) == {}
    await desk.apply([early])
    assert await listed(trainings, training) == {BUDI: "seated", SITI: "waiting"}
    # She heard that it is not certain, and is owed the word that it is the waiting list.
    assert await owed(trainings) == {SITI: "waiting"}
    # Whoever waits is seated in the order of asking, whenever that came to be known.
    await desk.apply([asks(training, ANI, at=FRIDAY_3 - timedelta(hours=2))])
    (his,) = [one for one in await trainings.signups(SHE, training.id) if one.phone == BUDI]
    await trainings.leave(SHE, his.id)
    assert await listed(trainings, training) == {ANI: "seated", SITI: "waiting", BUDI: "cancelled"}


async def test_a_training_that_nobody_knows_is_put_aside_and_holds_up_nothing(
    desk: PostgresDesk, trainings: Trainings, sql: Connection
) -> None:
    training = await trainings.add(SHE, session())
    lost = {**asks(training, BUDI), "training": str(uuid4())}
    await desk.apply([lost, asks(training, SITI)])
    assert await listed(trainings, training) == {SITI: "seated"}
    reason = await sql.fetchval("SELECT reason FROM fact_refused")
    assert reason == "training: there is no such training"


async def test_who_heard_something_else_than_what_is_so_now_is_owed_a_word(
    desk: PostgresDesk, trainings: Trainings
) -> None:
    training = await trainings.add(SHE, session())
    await desk.apply([asks(training, SITI), hears(training, SITI, "seated"), asks(training, BUDI)])
    await desk.apply([hears(training, BUDI, "waiting")])
    assert await owed(trainings) == {}
    hers = (await trainings.signups(SHE, training.id))[0]
    await trainings.leave(SHE, hers.id)
    assert await owed(trainings) == {BUDI: "seated"}
    his = (await trainings.signups(SHE, training.id))[0]
    with pytest.raises(TrainingChanged):
        await trainings.tell(SHE, his.id, "waiting")
    await trainings.tell(SHE, his.id, "seated")
    assert await owed(trainings) == {}


async def test_more_seats_go_to_who_waits_and_fewer_than_are_taken_are_refused(
    desk: PostgresDesk, trainings: Trainings
) -> None:
    training = await trainings.add(SHE, session())
    await desk.apply(ask_in_turn(training, SITI, BUDI, ANI))
    changed = await trainings.change(SHE, training.id, training.version, session(seats=2))
    assert await listed(trainings, training) == {SITI: "seated", BUDI: "seated", ANI: "waiting"}
    with pytest.raises(TrainingChanged):
        await trainings.change(SHE, training.id, training.version, session(seats=3))
    with pytest.raises(Unacceptable) as refused:
        await trainings.change(SHE, training.id, changed.version, session(seats=1))
    assert refused.value.pointer == "/seats"


async def test_called_off_nobody_is_signed_up_and_all_are_owed_a_word(
    desk: PostgresDesk, trainings: Trainings
) -> None:
    training = await trainings.add(SHE, session())
    await desk.apply([asks(training, SITI), hears(training, SITI, "seated")])
    await trainings.cancel(SHE, training.id, training.version, "gedung dipakai")
    with pytest.raises(TrainingOver):
        await trainings.sign_up(SHE, training.id, ANI)
    assert await desk.trainings(FRIDAY_3, 5) == []
    await desk.apply([asks(training, BUDI)])
    assert await owed(trainings) == {SITI: "cancelled", BUDI: "cancelled"}
    assert (await trainings.read(SHE, training.id)).taken == 0


async def test_who_came_is_noted_once_it_has_begun(
    desk: PostgresDesk, trainings: Trainings, clock: Clock
) -> None:
    training = await trainings.add(SHE, session())
    await desk.apply(ask_in_turn(training, SITI, BUDI))
    hers, his = await trainings.signups(SHE, training.id)
    with pytest.raises(Unacceptable):
        await trainings.attend(SHE, hers.id, came=True)
    clock.now = BEGINS + timedelta(hours=1)
    noted = await trainings.attend(SHE, hers.id, came=True)
    assert (noted.attended, noted.attended_by) == (True, "sari")
    with pytest.raises(TrainingChanged):
        await trainings.attend(SHE, his.id, came=True)
    assert (await trainings.attend(SHE, hers.id, came=None)).attended is None


async def reads(trainings: Trainings, training: TrainingLine, phone: str) -> Signup:
    (one,) = [one for one in await trainings.signups(SHE, training.id) if one.phone == phone]
    return one


async def test_who_agreed_is_told_and_reminded_by_message_once(
    desk: PostgresDesk,
    trainings: Trainings,
    errands: Errands,
    clock: Clock,
    sql: Connection,
) -> None:
    training = await trainings.add(SHE, session(place="Jalan Braga 1"))
    await desk.apply([asks(training, SITI)])
    siti = await sql.fetchval("SELECT person FROM phone WHERE number = $1", SITI)
    errands.send = whatsapp = WhatsApp(siti)
    assert await errands.once() == 1
    assert await errands.once() == 0
    clock.now = BEGINS - DAY
    assert await errands.once() == 1
    assert await errands.once() == 0
    assert [name for name, _, _ in whatsapp.sent] == ["training_seated", "training_reminder"]
    assert len({key for _, key, _ in whatsapp.sent}) == 2
    assert whatsapp.sent[1][2] == {
        "title": "Menjahit",
        "when": "07-12-2026 08.00 WIB",
        "place": "Jalan Braga 1, Bandung",
    }
    assert await owed(trainings) == {}
    assert (await reads(trainings, training, SITI)).reminded_at == clock.now
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 0


async def test_others_are_called_and_know_it_when_somebody_spoke_with_them(
    desk: PostgresDesk,
    trainings: Trainings,
    errands: Errands,
    clock: Clock,
    sql: Connection,
) -> None:
    clock.now = FRIDAY_3 + timedelta(hours=3)  # closed: six in the evening
    training = await trainings.add(SHE, session())
    await desk.apply([asks(training, SITI)])
    assert await errands.once() == 1
    assert await errands.once() == 0
    row = await sql.fetchrow(
        "SELECT callback.id, phone, due, category FROM callback "
        "JOIN (SELECT id AS t, category FROM ticket) AS ticket ON t = callback.ticket"
    )
    assert row is not None
    assert tuple(row)[1:] == (SITI, MONDAY_8, "LATIH")
    said = "SELECT note FROM ticket_event WHERE kind = 'commented'"
    assert await sql.fetchval(said) == (
        "Sampaikan: dapat kursi di pelatihan Menjahit, 07-12-2026 08.00 WIB, Bandung."
    )
    assert await owed(trainings) == {SITI: "seated"}
    # A seat that is lost meanwhile is another word than the one that they were called for.
    hers = await reads(trainings, training, SITI)
    await trainings.cancel(SHE, training.id, training.version, "banjir")
    await sql.execute(
        "UPDATE callback SET state = 'done', settled_at = $1 WHERE id = $2", MONDAY_8, row["id"]
    )
    assert await errands.once() == 1
    assert (await reads(trainings, training, SITI)).told == "seated"
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1
    await sql.execute("UPDATE callback SET state = 'done', settled_at = $1", MONDAY_8)
    assert await errands.once() == 0
    assert (await reads(trainings, training, SITI)).told == "cancelled"
    assert hers.told is None
    assert await owed(trainings) == {}


async def test_a_call_that_is_promised_already_is_not_moved_for_it(
    desk: PostgresDesk, trainings: Trainings, errands: Errands, sql: Connection
) -> None:
    training = await trainings.add(SHE, session())
    call = Call()
    call.begins()
    call.is_promised(call.opens(1))
    await desk.number_block(2026)  # of which the phone side has told the first one
    await desk.apply([*call.told, asks(training, SITI)])
    assert await errands.once() == 0
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1
    await sql.execute("UPDATE callback SET state = 'done', settled_at = $1", MONDAY_8)
    assert await errands.once() == 1


async def test_who_waited_in_vain_is_told_that_there_was_no_seat(
    desk: PostgresDesk, trainings: Trainings, errands: Errands, clock: Clock
) -> None:
    training = await trainings.add(SHE, session())
    told = [
        fact
        for phone, state in ((SITI, "seated"), (BUDI, "waiting"))
        for fact in (asks(training, phone), hears(training, phone, state))
    ]
    await desk.apply(told)
    clock.now = BEGINS + timedelta(minutes=1)
    assert await errands.once() == 1
    assert await owed(trainings) == {BUDI: "cancelled"}


async def test_another_time_is_owed_to_those_who_come(
    desk: PostgresDesk, trainings: Trainings
) -> None:
    training = await trainings.add(SHE, session(seats=2))
    await desk.apply([asks(training, SITI), hears(training, SITI, "seated")])
    more = await trainings.change(
        SHE, training.id, training.version, session(title="Menjahit II", seats=3)
    )
    assert await owed(trainings) == {}
    later = session(starts_at=BEGINS + DAY, ends_at=BEGINS + 2 * DAY, seats=3)
    await trainings.change(SHE, training.id, more.version, later)
    assert await owed(trainings) == {SITI: "seated"}


async def test_two_who_become_one_need_one_seat_and_the_other_is_the_next_ones(
    desk: PostgresDesk, trainings: Trainings, errands: Errands, store: Store, sql: Connection
) -> None:
    training = await trainings.add(SHE, session(seats=2))
    await desk.apply(ask_in_turn(training, SITI, BUDI, ANI))
    people = People(store)
    siti, budi = [
        await sql.fetchval("SELECT person FROM phone WHERE number = $1", phone)
        for phone in (SITI, BUDI)
    ]
    version = (await people.read(SHE, budi)).version
    merged = await people.merge(SHE, budi, version, siti)
    await errands.once()
    assert await listed(trainings, training) == {SITI: "seated", ANI: "seated", BUDI: "cancelled"}
    assert [one.state for one in await trainings.of_person(SHE, siti)].count("seated") == 1
    # And parted again, what came by a number goes with it.
    parted = await people.part_phone(SHE, siti, merged.version, BUDI)
    assert [one.state for one in await trainings.of_person(SHE, parted.id)] == ["cancelled"]
