"""A callback is dialled by one service, settled once, and ends kept, live or with a person."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from config.numbers import ticket_number
from ivr.ids import new_id
from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call
from tests.store.waited import Stay, cancelled, moved, tried
from tickets.callbacks import Callbacks, DueCallback
from tickets.desk import PostgresDesk
from tickets.store import Connection, Store
from tickets.views import Views

MINUTE = timedelta(minutes=1)
LATER = MONDAY_8 + timedelta(hours=3)


@pytest.fixture
def callbacks(store: Store) -> Callbacks:
    return Callbacks(store, lambda: MONDAY_8)


async def promised(desk: PostgresDesk, n: int = 1, phone: str = SITI, **more: object) -> UUID:
    """A callback due on Monday at 8 of a caller who rang in minute `n`."""
    call = Call(f"1795766400.{n}", phone, at=FRIDAY_3 + n * MINUTE)
    call.begins()
    callback = call.is_promised(call.opens(n))
    await desk.apply([*call.told[:-1], {**call.told[-1], **more}])
    return callback


async def claim(callbacks: Callbacks, by: str = "here", at: datetime = MONDAY_8) -> DueCallback:
    (found,) = await callbacks.claim_due(at, 10, by)
    return found


async def state(sql: Connection, callback: UUID) -> str:
    return str(await sql.fetchval("SELECT state FROM callback WHERE id = $1", callback))


async def test_a_claim_tells_all_that_the_dialler_needs(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    callback = await promised(desk, other_phone=BUDI, queue="produsen", priority=2)
    found = await claim(callbacks)
    assert (found.id, found.number) == (callback, ticket_number(2026, 1))
    assert (found.phone, found.other_phone) == (SITI, BUDI)
    assert (found.queue, found.topic, found.language) == ("produsen", "GANTI", "id")
    assert (found.priority, found.tries, found.dialling) == (2, 0, False)


async def test_nothing_is_claimed_before_it_is_due(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    await promised(desk)
    assert await callbacks.claim_due(MONDAY_8 - MINUTE, 10, "here") == []


async def test_a_callback_without_a_queue_is_for_the_one_where_its_caller_waited(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    call = Call()
    call.begins()
    stay = Stay.of_call(call).joins("pengaduan").leaves("key", after=60)
    call.is_promised(call.opens(1))
    await desk.apply([*call.told, *stay.told])
    assert (await claim(callbacks)).queue == "pengaduan"


async def test_the_oldest_is_claimed_first_within_a_priority(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    order = [await promised(desk, n, f"+62812345{n:05d}") for n in (3, 1, 2)]
    urgent = await promised(desk, 9, BUDI, priority=5)
    found = await callbacks.claim_due(MONDAY_8, 3, "here")
    assert [one.id for one in found] == [urgent, order[1], order[2]]
    assert [one.id for one in await callbacks.claim_due(MONDAY_8, 3, "here")] == [order[0]]


async def test_ten_services_at_once_claim_each_callback_once(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    for n in range(1, 31):
        await promised(desk, n, f"+62812345{n:05d}")
    claims = await asyncio.gather(
        *(callbacks.claim_due(MONDAY_8, 5, f"service {n}") for n in range(10))
    )
    found = [one.id for some in claims for one in some]
    assert len(found) == len(set(found))
    left = await callbacks.claim_due(MONDAY_8, 50, "the last")
    assert len(found) + len(left) == 30


async def test_dialling_is_allowed_to_the_holder_and_again_after_a_restart(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    assert await callbacks.mark_dialling(held.id, held.attempt)
    assert await callbacks.mark_dialling(held.id, held.attempt)
    assert not await callbacks.mark_dialling(held.id, new_id())
    assert await sql.fetchval("SELECT count(*) FROM callback_attempt") == 1
    (found,) = await callbacks.claimed("here")
    assert (found.attempt, found.dialling, found.tries) == (held.attempt, True, 0)
    assert await callbacks.claimed("elsewhere") == []


async def test_a_claim_given_back_is_claimed_anew_with_another_attempt(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.release(held.id, held.attempt, MONDAY_8 + MINUTE)
    assert await callbacks.claim_due(MONDAY_8, 10, "here") == []
    again = await claim(callbacks, at=MONDAY_8 + MINUTE)
    assert again.attempt != held.attempt
    assert (again.since, again.tries) == (held.since, 0)
    assert not await callbacks.mark_dialling(held.id, held.attempt)


async def test_what_is_being_dialled_cannot_be_given_back(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    await callbacks.release(held.id, held.attempt, MONDAY_8)
    assert await state(sql, held.id) == "dialling"


async def test_a_kept_promise_is_done_however_often_it_is_told(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    kept = tried(held.id, held.attempt, "kept", at=MONDAY_8 + MINUTE, talked=45)
    for _ in range(3):
        await desk.apply([kept])
    assert await state(sql, held.id) == "done"
    events = await sql.fetch("SELECT was, became, actor FROM ticket_event WHERE kind = 'callback'")
    assert [tuple(event) for event in events] == [("dialling", "done", "6001")]
    assert await callbacks.claimed("here") == []


@pytest.mark.parametrize("result", ["no_answer", "busy", "early_hangup", "machine"])
async def test_who_was_not_reached_is_due_again_with_their_place(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection, result: str
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    await desk.apply([tried(held.id, held.attempt, result, at=MONDAY_8, again=LATER)])
    assert await callbacks.claim_due(LATER - MINUTE, 10, "here") == []
    again = await claim(callbacks, at=LATER)
    assert (again.since, again.tries) == (held.since, 1)
    assert await sql.fetchval("SELECT result FROM callback_attempt") == result


@pytest.mark.parametrize("result", ["invalid", "forbidden", "uncertain", "no_answer"])
async def test_what_has_no_next_try_is_a_task_for_a_person(
    desk: PostgresDesk, callbacks: Callbacks, store: Store, result: str
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await desk.apply([tried(held.id, held.attempt, result, at=MONDAY_8)])
    ticket = await Views(store).ticket(held.number)
    assert ticket is not None
    assert [(one.state, one.reason) for one in ticket.callbacks] == [("human", result)]
    assert [event.became for event in ticket.events] == ["baru", "human"]
    assert [attempt.result for attempt in ticket.attempts] == [result]


async def test_an_agent_who_declines_costs_no_try(desk: PostgresDesk, callbacks: Callbacks) -> None:
    await promised(desk)
    held = await claim(callbacks)
    declined = tried(held.id, held.attempt, "agent_declined", at=MONDAY_8, again=MONDAY_8)
    await desk.apply([declined])
    again = await claim(callbacks)
    await desk.apply([declined])
    assert (again.tries, again.attempt == held.attempt) == (0, False)
    assert await callbacks.mark_dialling(again.id, again.attempt)


async def test_an_uncertain_attempt_that_turns_out_kept_is_done(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    uncertain = tried(held.id, held.attempt, "uncertain", at=MONDAY_8)
    kept = tried(held.id, held.attempt, "kept", at=MONDAY_8, talked=30)
    await desk.apply([uncertain])
    assert await state(sql, held.id) == "human"
    await desk.apply([kept])
    await desk.apply([uncertain])
    assert await state(sql, held.id) == "done"
    assert await sql.fetchval("SELECT result FROM callback_attempt") == "kept"


async def test_moving_takes_the_claim_away_before_anybody_dials(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    move = moved(held.id, LATER, MONDAY_8)
    await desk.apply([move])
    assert not await callbacks.mark_dialling(held.id, held.attempt)
    again = await claim(callbacks, at=LATER)
    await desk.apply([move])
    assert await state(sql, held.id) == "claimed"
    assert again.since == held.since


async def test_asking_for_a_later_time_takes_the_claim_away_too(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    call = Call("1795766400.9", at=MONDAY_8)
    call.is_promised(held.ticket, due=LATER, type="slot")
    await desk.apply(call.told)
    assert await state(sql, held.id) == "waiting"
    assert not await callbacks.mark_dialling(held.id, held.attempt)


async def test_asking_again_for_now_leaves_the_claim_where_it_is(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    call = Call("1795766400.9", at=MONDAY_8)
    call.is_promised(held.ticket, due=MONDAY_8)
    await desk.apply(call.told)
    assert await callbacks.mark_dialling(held.id, held.attempt)


async def test_moving_while_it_is_dialled_holds_if_nobody_is_reached(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    await desk.apply([moved(held.id, LATER, MONDAY_8)])
    assert await state(sql, held.id) == "dialling"
    await desk.apply([tried(held.id, held.attempt, "busy", at=MONDAY_8 + MINUTE)])
    row = await sql.fetchrow("SELECT state, due FROM callback")
    assert tuple(row) == ("waiting", LATER)


async def test_a_cancelled_callback_is_not_dialled(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await desk.apply([cancelled(held.id, MONDAY_8)])
    assert not await callbacks.mark_dialling(held.id, held.attempt)
    assert await state(sql, held.id) == "cancelled"
    assert await callbacks.claim_due(LATER, 10, "here") == []


@pytest.mark.parametrize(("result", "became"), [("busy", "cancelled"), ("kept", "done")])
async def test_cancelling_while_it_is_dialled_ends_the_tries(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection, result: str, became: str
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    await desk.apply([cancelled(held.id, MONDAY_8)])
    await desk.apply([tried(held.id, held.attempt, result, at=LATER, again=LATER)])
    assert await state(sql, held.id) == became


async def test_who_is_being_called_is_not_called_for_another_promise_at_once(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await callbacks.mark_dialling(held.id, held.attempt)
    await desk.apply([cancelled(held.id, MONDAY_8)])
    newer = await promised(desk, 2)
    assert await callbacks.claim_due(MONDAY_8, 10, "elsewhere") == []
    await desk.apply([tried(held.id, held.attempt, "busy", at=MONDAY_8)])
    assert (await claim(callbacks)).id == newer


async def test_a_person_gives_a_task_back_with_a_new_time(
    desk: PostgresDesk, callbacks: Callbacks
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await desk.apply([tried(held.id, held.attempt, "no_answer", at=MONDAY_8)])
    await desk.apply([moved(held.id, LATER, MONDAY_8 + MINUTE)])
    assert (await claim(callbacks, at=LATER)).id == held.id


async def test_a_task_is_not_given_back_beside_a_newer_promise(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    await promised(desk)
    held = await claim(callbacks)
    await desk.apply([tried(held.id, held.attempt, "no_answer", at=MONDAY_8)])
    newer = await promised(desk, 2)
    await desk.apply([moved(held.id, LATER, MONDAY_8 + MINUTE)])
    assert (await state(sql, held.id), await state(sql, newer)) == ("human", "waiting")
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0


async def test_slots_are_counted_by_their_time(desk: PostgresDesk, callbacks: Callbacks) -> None:
    for n, due in enumerate((MONDAY_8, MONDAY_8, LATER), start=1):
        await promised(desk, n, f"+62812345{n:05d}", type="slot", due=due.isoformat())
    await promised(desk, 4, BUDI)
    assert await callbacks.booked(MONDAY_8, LATER) == {MONDAY_8: 2}
    assert await callbacks.booked(MONDAY_8, LATER + MINUTE) == {MONDAY_8: 2, LATER: 1}


async def test_a_callback_that_is_moved_is_counted_where_it_went(
    desk: PostgresDesk, callbacks: Callbacks, sql: Connection
) -> None:
    first = await promised(desk, 1, type="slot")
    second = await promised(desk, 2, BUDI)
    at = FRIDAY_3 + 9 * MINUTE
    change = moved(first, LATER, at)
    await desk.apply([change, moved(second, MONDAY_8 + MINUTE, at, type="slot"), change])
    assert await callbacks.booked(MONDAY_8, LATER + MINUTE) == {MONDAY_8 + MINUTE: 1, LATER: 1}
    await desk.apply([moved(second, MONDAY_8, at + MINUTE, type="next_opening")])
    assert await callbacks.booked(MONDAY_8, LATER + MINUTE) == {LATER: 1}
    assert await sql.fetchval("SELECT due FROM callback WHERE id = $1", second) == MONDAY_8
    await desk.apply([cancelled(first, at + MINUTE)])
    assert await callbacks.booked(MONDAY_8, LATER + MINUTE) == {}
