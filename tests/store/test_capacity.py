"""A producer's month is promised once, whoever asks at the same moment."""

import asyncio
from datetime import UTC, date, datetime

import asyncpg

from tests.store.producers import producer
from tickets.producers import capacity
from tickets.store import Connection

MONTH = date(2026, 11, 1)
NEXT = date(2026, 12, 1)


async def test_what_is_left_is_promised_and_given_back(sql: Connection) -> None:
    maker = await producer(sql, "1234567890123", capacity=100)
    assert await capacity.left(sql, maker, MONTH) == 100
    assert await capacity.take(sql, maker, MONTH, 80)
    assert not await capacity.take(sql, maker, MONTH, 21)
    assert await capacity.left(sql, maker, MONTH) == 20
    assert await capacity.left(sql, maker, NEXT) == 100
    assert await capacity.give_back(sql, maker, MONTH, 30)
    assert not await capacity.give_back(sql, maker, MONTH, 51)
    assert await capacity.left(sql, maker, MONTH) == 50


async def test_two_who_take_the_last_at_once(database: str, sql: Connection) -> None:
    maker = await producer(sql, "1234567890123", capacity=10)
    takers = [await asyncpg.connect(database) for _ in range(8)]
    got = await asyncio.gather(*(capacity.take(one, maker, MONTH, 4) for one in takers))
    assert sorted(got) == [False] * 6 + [True] * 2
    assert await capacity.left(sql, maker, MONTH) == 2
    await asyncio.gather(*(one.close() for one in takers))


async def test_who_asks_while_the_other_decides_sees_what_they_left(
    database: str, sql: Connection
) -> None:
    maker = await producer(sql, "1234567890123", capacity=10)
    first, second = [await asyncpg.connect(database) for _ in range(2)]
    for taken in (False, True):
        deciding = first.transaction()
        await deciding.start()
        assert await capacity.take(first, maker, MONTH, 10)
        waiting = asyncio.create_task(capacity.take(second, maker, MONTH, 10))
        if taken:
            await deciding.commit()
        else:
            await deciding.rollback()
        assert await waiting is not taken
        if not taken:
            assert await capacity.give_back(sql, maker, MONTH, 10)
    await first.close()
    await second.close()


async def test_a_producer_who_offers_less_breaks_no_promise(sql: Connection) -> None:
    month = date(datetime.now(UTC).year + 1, 1, 1)
    maker = await producer(sql, "1234567890123", capacity=100)
    assert await capacity.take(sql, maker, month, 80)
    await sql.execute("UPDATE producer SET capacity = 50 WHERE id = $1", maker)
    assert await capacity.left(sql, maker, month) == 0
    assert await capacity.give_back(sql, maker, month, 40)
    assert await capacity.left(sql, maker, month) == 10
    await sql.execute("UPDATE producer SET status = 'paused' WHERE id = $1", maker)
    assert not await capacity.take(sql, maker, month, 1)
