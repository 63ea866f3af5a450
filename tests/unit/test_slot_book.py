"""A slot is offered while it has room, and its last place is given once."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime

import pytest

from config.calendar import WIB, Calendar
from config.settings import CHECKOUT
from config.settings_groups import Slots
from ivr.ports import DeskAway
from ivr.slot_book import SlotBook

CALENDAR = Calendar.load(CHECKOUT / "config/calendar.yaml")
POLICY = Slots(minutes=60, capacity=2, notice_minutes=60, offered=3)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


FRIDAY = wib("2026-11-27 16:01")
EIGHT, NINE, TEN, ELEVEN = (wib(f"2026-11-30 {hour:02}:00") for hour in (8, 9, 10, 11))


class Line:
    """A line whose clock, calendar, desk and spool stand where a test puts them."""

    def __init__(self) -> None:
        self.rows: Counter[datetime] = Counter()
        self.away = self.spooling = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.now, self.calendar = FRIDAY, CALENDAR
        self.book = SlotBook(
            self, lambda: self.calendar, POLICY, lambda: self.now, lambda: self.spooling
        )

    async def booked(self, first: datetime, last: datetime) -> Mapping[datetime, int]:
        rows = dict(self.rows)  # As the database sees them when the question comes.
        await self.answers.wait()
        if self.away:
            raise DeskAway("gone for lunch")
        return {start: count for start, count in rows.items() if first <= start < last}

    async def promises(self, start: datetime) -> bool:
        async with self.book.held(start) as got:
            if got:
                await asyncio.sleep(0)  # The others come in between.
                if not self.spooling:
                    self.rows[start] += 1
            return got


@pytest.fixture
def line() -> Line:
    return Line()


async def test_the_next_ones_are_offered_and_later_ones_when_asked_for(line: Line) -> None:
    assert await line.book.free() == [EIGHT, NINE, TEN]
    assert await line.book.free(after=TEN) == [
        ELEVEN,
        *(wib(f"2026-11-30 {hour}:00") for hour in (12, 13)),
    ]


async def test_what_is_promised_already_is_not_offered_again(line: Line) -> None:
    assert await line.book.free(besides=EIGHT) == [NINE, TEN, ELEVEN]
    assert await line.book.free(besides=wib("2026-11-30 08:30")) == [EIGHT, NINE, TEN]


async def test_a_full_one_is_not_offered(line: Line) -> None:
    line.rows |= {EIGHT: 2, NINE: 1}
    assert await line.book.free() == [NINE, TEN, ELEVEN]


async def test_of_many_callers_at_once_no_more_get_a_slot_than_it_holds(line: Line) -> None:
    line.rows[NINE] = 1
    got = await asyncio.gather(*(line.promises(NINE) for _ in range(10)))
    assert sum(got) == 1
    assert line.rows[NINE] == 2


async def test_a_promise_kept_while_the_desk_is_being_asked_still_counts(line: Line) -> None:
    line.rows[NINE] = 1
    async with AsyncExitStack() as first:
        assert await first.enter_async_context(line.book.held(NINE))
        line.answers.clear()
        second = asyncio.create_task(line.promises(NINE))
        await asyncio.sleep(0)
        line.rows[NINE] += 1
    line.answers.set()
    assert not await second


async def test_a_place_that_was_held_and_counted_is_not_counted_twice(line: Line) -> None:
    assert await line.promises(EIGHT)
    assert EIGHT in await line.book.free()
    assert await line.promises(EIGHT)
    assert EIGHT not in await line.book.free()


async def test_a_promise_that_failed_gives_its_place_back(line: Line) -> None:
    line.rows[NINE] = 1
    with pytest.raises(OSError, match="full"):
        async with line.book.held(NINE):
            raise OSError("the disk is full")
    assert await line.promises(NINE)


async def test_promises_on_the_disk_hold_their_places_until_the_desk_knows_them(
    line: Line,
) -> None:
    line.spooling = True
    assert await line.promises(NINE)
    assert await line.promises(NINE)
    assert not await line.promises(NINE)
    line.spooling, line.rows[NINE] = False, 2
    assert await line.book.free() == [EIGHT, TEN, ELEVEN]
    line.rows[NINE] = 1  # One was cancelled.
    assert await line.promises(NINE)


async def test_without_the_desk_slots_are_offered_by_what_was_known_last(line: Line) -> None:
    line.rows[EIGHT] = 2
    await line.book.free()
    line.away = line.spooling = True
    assert await line.book.free() == [NINE, TEN, ELEVEN]
    assert await line.promises(NINE)
    assert await line.promises(NINE)
    assert await line.book.free() == [TEN, ELEVEN, wib("2026-11-30 12:00")]


async def test_a_desk_that_hangs_costs_callers_side_by_side_one_wait(line: Line) -> None:
    line.answers.clear()
    offers = [asyncio.create_task(line.book.free()) for _ in range(20)]
    # One after the other they would take twenty times as long.
    async with asyncio.timeout(10):
        assert await asyncio.gather(*offers) == [[EIGHT, NINE, TEN]] * 20


async def test_a_slot_that_has_closed_meanwhile_is_not_given(line: Line) -> None:
    line.calendar = CALENDAR.closed_by([(EIGHT, NINE, "banjir")])
    assert not await line.promises(EIGHT)
    assert await line.promises(NINE)


async def test_who_took_their_time_to_choose_gets_a_slot_that_is_nearer_by_then(
    line: Line,
) -> None:
    line.now = wib("2026-11-30 07:30")
    assert EIGHT not in await line.book.free()
    assert await line.promises(EIGHT)
    assert not await line.promises(wib("2026-11-27 08:00"))


async def test_only_beginnings_of_slots_are_given(line: Line) -> None:
    assert not await line.promises(wib("2026-11-30 08:01"))
    assert not await line.promises(wib("2026-11-29 08:00"))
