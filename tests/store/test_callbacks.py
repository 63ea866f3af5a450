"""One live callback a phone, however often and from wherever it is asked for."""

import asyncio
from datetime import timedelta

from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call
from tickets.desk import LiveCallback, Person, PostgresDesk
from tickets.store import Connection

TUESDAY_8 = MONDAY_8 + timedelta(days=1)


def asking(number: int, phone: str = SITI) -> Call:
    call = Call(f"1795766400.{number}", phone, at=FRIDAY_3 + timedelta(minutes=number))
    call.begins()
    return call


async def test_asking_again_moves_the_callback_and_keeps_the_place(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second = asking(1), asking(2)
    callback = first.is_promised(first.opens(1))
    waiting_since = first.at - timedelta(seconds=1)
    second.is_promised(second.opens(2), due=TUESDAY_8, type="slot")
    await desk.apply(first.told)
    await desk.apply(second.told)
    row = await sql.fetchrow("SELECT id, type, due, since FROM callback")
    assert tuple(row) == (callback, "slot", TUESDAY_8, waiting_since)
    assert await sql.fetchval("SELECT count(*) FROM callback_request") == 2


async def test_an_earlier_asking_that_is_told_later_moves_nothing(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second = asking(1), asking(2)
    first.is_promised(first.opens(1))
    second.is_promised(second.opens(2), due=TUESDAY_8)
    await desk.apply(second.told)
    await desk.apply(first.told)
    row = await sql.fetchrow("SELECT due, since FROM callback")
    assert tuple(row) == (TUESDAY_8, first.at - timedelta(seconds=1))


async def test_twenty_askings_at_once_leave_one_live_callback(
    desk: PostgresDesk, sql: Connection
) -> None:
    calls = [asking(n) for n in range(1, 21)]
    for n, call in enumerate(calls, start=1):
        call.is_promised(call.opens(n), due=MONDAY_8 + timedelta(minutes=n))
    await asyncio.gather(*(desk.apply(call.told) for call in calls))
    row = await sql.fetchrow("SELECT due, since FROM callback")
    assert await sql.fetchval("SELECT count(*) FROM callback") == 1
    assert tuple(row) == (
        MONDAY_8 + timedelta(minutes=20),
        calls[0].at - timedelta(seconds=1),
    )
    assert await sql.fetchval("SELECT count(DISTINCT callback) FROM callback_request") == 1
    assert await sql.fetchval("SELECT count(*) FROM callback_request") == 20


async def test_batches_that_promise_the_same_people_in_other_orders_all_pass(
    desk: PostgresDesk, sql: Connection
) -> None:
    async def batch(start: int, phones: list[str]) -> None:
        calls = [asking(start + n, phone) for n, phone in enumerate(phones)]
        for n, call in enumerate(calls):
            call.is_promised(call.opens(start + n))
        await desk.apply([fact for call in calls for fact in call.told])

    people = [f"+62812000{n:05d}" for n in range(20)]
    await asyncio.gather(
        *(batch(100 * n, people[:: 1 if n % 2 else -1]) for n in range(1, 5)),
    )
    assert await sql.fetchval("SELECT count(*) FROM callback") == 20
    assert await sql.fetchval("SELECT count(*) FROM callback_request") == 80
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0


async def test_a_kept_promise_makes_room_for_a_new_one_and_its_replay_does_not_revive_it(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second = asking(1), asking(2)
    first.is_promised(first.opens(1))
    await desk.apply(first.told)
    await sql.execute("UPDATE callback SET state = 'done'")
    await desk.apply(first.told)
    assert await sql.fetchval("SELECT count(*) FROM callback WHERE state = 'waiting'") == 0
    second.is_promised(second.opens(2))
    await desk.apply(second.told)
    assert await sql.fetchval("SELECT count(*) FROM callback") == 2


async def test_an_abandoned_call_of_someone_with_a_live_callback_opens_no_second_ticket(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second = asking(1), asking(2)
    kept = first.opens(1)
    first.is_promised(kept)
    merged = second.opens(2, reason="abandoned")
    second.is_promised(merged, due=TUESDAY_8)
    second.leaves_message(merged)
    # In one batch, as a spool brings them.
    await desk.apply(first.told + second.told)
    await desk.apply(second.told)
    assert [row["id"] for row in await sql.fetch("SELECT id FROM ticket")] == [kept]
    event = await sql.fetchrow("SELECT * FROM ticket_event WHERE kind = 'called_again'")
    assert (event["ticket"], event["call"]) == (kept, second.id)
    assert await sql.fetchval("SELECT due FROM callback") == TUESDAY_8
    assert await sql.fetchval("SELECT ticket FROM recording") == kept
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0


async def test_an_abandoned_call_does_not_move_a_slot_that_the_person_chose(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second, third = asking(1), asking(2), asking(3)
    first.is_promised(first.opens(1), due=TUESDAY_8, type="slot")
    second.is_promised(second.opens(2, reason="abandoned"))
    await desk.apply([*first.told, *second.told, *second.told])
    row = await sql.fetchrow("SELECT type, due FROM callback")
    assert tuple(row) == ("slot", TUESDAY_8)
    # Asked for, an earlier call is promised.
    third.is_promised(third.opens(3))
    await desk.apply(third.told)
    row = await sql.fetchrow("SELECT type, due FROM callback")
    assert tuple(row) == ("next_opening", MONDAY_8)


async def test_a_slot_that_was_chosen_is_known_when_the_person_calls_again(
    desk: PostgresDesk,
) -> None:
    call = asking(1)
    call.is_promised(call.opens(1), due=TUESDAY_8, type="slot")
    await desk.apply(call.told)
    live = (await desk.person(SITI)).live_callback
    assert live
    assert live.slot == TUESDAY_8


async def test_an_abandoned_call_stays_merged_after_the_promise_was_kept(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second = asking(1), asking(2)
    first.is_promised(first.opens(1))
    second.opens(2, reason="abandoned")
    await desk.apply(first.told + second.told)
    await sql.execute("UPDATE callback SET state = 'done'")
    await desk.apply(second.told)
    assert await sql.fetchval("SELECT count(*) FROM ticket") == 1


async def test_an_abandoned_call_of_someone_without_a_callback_is_a_ticket(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = asking(1, BUDI)
    call.is_promised(call.opens(1, reason="abandoned"))
    await desk.apply(call.told)
    assert await sql.fetchval("SELECT reason FROM ticket") == "abandoned"
    assert await sql.fetchval("SELECT count(*) FROM callback") == 1


async def test_a_person_is_known_by_language_and_live_callback(desk: PostgresDesk) -> None:
    call = asking(1)
    call.chooses("en")
    ticket = call.opens(1)
    callback = call.is_promised(ticket)
    assert await desk.person(SITI) == Person(None, None)
    await desk.apply(call.told)
    number = next(fact["number"] for fact in call.told if fact["kind"] == "ticket_opened")
    assert await desk.person(SITI) == Person(
        "en", LiveCallback(callback, ticket, number, MONDAY_8, None)
    )
    assert await desk.person(BUDI) == Person(None, None)


async def test_a_promise_to_another_number_than_the_callers_is_that_numbers(
    desk: PostgresDesk,
) -> None:
    call = asking(1)
    ticket = call.opens(1, phone=BUDI)
    call.is_promised(ticket, phone=BUDI)
    await desk.apply(call.told)
    assert (await desk.person(SITI)).live_callback is None
    assert (await desk.person(BUDI)).live_callback is not None


async def test_asking_again_while_the_callback_is_being_made_is_a_new_promise(
    desk: PostgresDesk, sql: Connection
) -> None:
    first, second = asking(1), asking(2)
    ticket = first.opens(1)
    made = first.is_promised(ticket)
    await desk.apply(first.told)
    second.is_promised(ticket, due=TUESDAY_8)
    # The second call knows the callback as live; it is made before the fact arrives.
    await sql.execute("UPDATE callback SET state = 'done'")
    confirmation = {**second.told[-1], "callback": str(made)}
    for _ in range(2):
        await desk.apply([confirmation])
    live = await sql.fetchrow("SELECT ticket, due FROM callback WHERE state = 'waiting'")
    assert tuple(live) == (ticket, TUESDAY_8)
    assert await sql.fetchval("SELECT count(*) FROM callback") == 2
    assert await sql.fetchval("SELECT count(*) FROM fact_refused") == 0


async def test_a_promise_to_a_second_number_is_a_promise_of_its_own(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = asking(1)
    ticket = call.opens(1)
    callback = call.is_promised(ticket)
    call.is_promised(ticket, phone=BUDI)
    await desk.apply([*call.told[:-1], {**call.told[-1], "callback": str(callback)}])
    phones = {row["phone"] for row in await sql.fetch("SELECT phone FROM callback")}
    assert phones == {SITI, BUDI}
