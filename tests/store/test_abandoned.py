"""Who hung up while waiting is followed up: once a day, on one ticket, if they waited at all."""

from datetime import timedelta

from tests.store.told import BUDI, FRIDAY_3, MONDAY_8, SITI, Call
from tests.store.waited import Stay
from tickets.desk import PostgresDesk
from tickets.store import Connection

DAY = timedelta(days=1)


def hangs_up(n: int, waited: float, at: timedelta = timedelta(0), phone: str = SITI) -> Call:
    """A call that ends in a queue; what is owed is told as `ivr.conversation.owed` does."""
    call = Call(f"1795766400.{n}", phone, at=FRIDAY_3 + at)
    call.begins()
    stay = Stay.of_call(call).joins()
    call.at += timedelta(seconds=waited)
    call.told += stay.told
    call.is_promised(call.opens(None, reason="abandoned", category="UMUM"))
    call.told += stay.leaves("abandoned", after=waited).told[1:]
    call.ends("hung_up", "operator")
    return call


async def counts(sql: Connection) -> tuple[int, int, int]:
    """Tickets, callbacks, and refused facts."""
    row = await sql.fetchrow(
        "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM callback),"
        " (SELECT count(*) FROM fact_refused)"
    )
    return tuple(row)


async def test_who_waited_becomes_a_ticket_with_a_callback(
    desk: PostgresDesk, sql: Connection
) -> None:
    await desk.apply(hangs_up(1, waited=45).told)
    assert await counts(sql) == (1, 1, 0)
    assert await sql.fetchval("SELECT reason FROM ticket") == "abandoned"


async def test_who_hardly_waited_asked_for_nothing(desk: PostgresDesk, sql: Connection) -> None:
    call = hangs_up(1, waited=3)
    for _ in range(2):
        await desk.apply(call.told)
    assert await counts(sql) == (0, 0, 0)
    assert await sql.fetchval("SELECT outcome FROM call") == "hung_up"


async def test_who_left_a_queue_by_its_key_and_hung_up_then_is_followed_up(
    desk: PostgresDesk, sql: Connection
) -> None:
    call = Call()
    call.begins()
    stay = Stay.of_call(call).joins().leaves("key", after=2)
    call.is_promised(call.opens(None, reason="abandoned"))
    await desk.apply([*stay.told, *call.told])
    assert await counts(sql) == (1, 1, 0)


async def test_the_second_time_on_a_day_adds_to_the_first(
    desk: PostgresDesk, sql: Connection
) -> None:
    await desk.apply(hangs_up(1, waited=45).told)
    await sql.execute("UPDATE callback SET state = 'done', settled_at = now()")
    await sql.execute("UPDATE ticket SET status = 'selesai'")
    again = hangs_up(2, waited=45, at=timedelta(hours=1))
    for _ in range(2):
        await desk.apply(again.told)
    assert await counts(sql) == (1, 1, 0)
    assert await sql.fetchval("SELECT call FROM ticket_event WHERE kind = 'called_again'") == (
        again.id
    )


async def test_the_next_day_is_another_follow_up(desk: PostgresDesk, sql: Connection) -> None:
    await desk.apply(hangs_up(1, waited=45).told)
    await sql.execute("UPDATE callback SET state = 'done', settled_at = now()")
    await sql.execute("UPDATE ticket SET status = 'selesai'")
    await desk.apply(hangs_up(2, waited=45, at=DAY).told)
    assert await counts(sql) == (2, 2, 0)


async def test_a_follow_up_is_merged_with_an_open_ticket_of_the_same_person(
    desk: PostgresDesk, sql: Connection
) -> None:
    asked = Call("1795766300.1")
    ticket = asked.opens(1)
    await desk.apply(asked.told)
    await desk.apply(hangs_up(2, waited=45).told)
    assert await counts(sql) == (1, 1, 0)
    assert await sql.fetchval("SELECT ticket FROM callback") == ticket
    await sql.execute("UPDATE callback SET state = 'done', settled_at = now()")
    await desk.apply(hangs_up(3, waited=45, at=timedelta(hours=1)).told)
    assert await counts(sql) == (1, 1, 0)
    await desk.apply(hangs_up(4, waited=45, phone=BUDI).told)
    assert await counts(sql) == (2, 2, 0)


async def test_hanging_up_again_leaves_the_promised_time_of_the_live_callback(
    desk: PostgresDesk, sql: Connection
) -> None:
    await desk.apply(hangs_up(1, waited=45).told)
    await desk.apply(hangs_up(2, waited=45, at=timedelta(hours=1)).told)
    assert await counts(sql) == (1, 1, 0)
    assert await sql.fetchval("SELECT due FROM callback") == MONDAY_8
