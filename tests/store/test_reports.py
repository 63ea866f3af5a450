"""The figures equal an independent count, and each way to leave a queue has its column."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from config.calendar import WIB
from tests.store import count
from tests.store.conftest import EMPTY
from tests.store.mornings import NOW, PERIOD, Morning, mornings, write
from tests.store.told import FRIDAY_3, MONDAY_8, Call
from tests.store.waited import Stay, presence, tried
from tickets.callbacks import Callbacks
from tickets.desk import PostgresDesk
from tickets.reports import Period, Reports
from tickets.store import Connection, Store

FRIDAY = Period.day(date(2026, 11, 27))
MINUTE = timedelta(minutes=1)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(morning=mornings())
async def test_the_figures_equal_an_independent_count(
    store: Store, sql: Connection, morning: Morning
) -> None:
    await sql.execute(EMPTY)
    await write(sql, morning)
    reports = Reports(store, NOW, count.LEVELS, count.FORGIVEN)
    agree(await reports.queues(PERIOD), count.queues(morning), "queue")
    agree(await reports.agents(PERIOD), count.agents(morning), "agent")
    agree(await reports.callbacks(PERIOD), count.callbacks(morning), "queue")
    for line in await reports.queues(PERIOD):
        ways = line.answered + line.abandoned + line.key + line.timeout + line.closed
        assert line.offered == ways + line.moved + line.waiting + line.other
    for promised in await reports.callbacks(PERIOD):
        states = promised.kept + promised.failed + promised.cancelled + promised.live
        assert promised.promised == states


def agree(lines: Sequence[Any], counted: Mapping[count.Key, Mapping[str, float]], of: str) -> None:
    """Every figure of every line, and no line too many or too few."""
    found = {(line.start, getattr(line, of)): asdict(line) for line in lines}
    assert found.keys() == counted.keys()
    for key, line in found.items():
        figures = {name: value for name, value in line.items() if name not in ("start", of)}
        assert figures == pytest.approx({name: counted[key].get(name, 0) for name in figures})


async def test_a_day_begins_at_midnight_in_jakarta(desk: PostgresDesk, store: Store) -> None:
    midnight = datetime(2026, 11, 27, tzinfo=WIB)
    for n, at in enumerate((midnight - timedelta(seconds=1), midnight)):
        call = Call(f"1795766400.{n}", at=at)
        await desk.apply(Stay.of_call(call).joins().leaves("abandoned", after=30).told)
    (line,) = await Reports(store, NOW).queues(FRIDAY)
    assert (line.start, line.offered, line.abandoned) == (midnight, 1, 1)


async def test_a_wrap_up_belongs_to_the_talk_before_it(desk: PostgresDesk, store: Store) -> None:
    stay = Stay.of_call(Call()).joins().is_answered(after=10).talks(60)
    wrap = [
        presence("6001", "ready", FRIDAY_3 - MINUTE),
        presence("6001", "wrapping_up", stay.at),
        presence("6001", "ready", stay.at + timedelta(seconds=20)),
    ]
    await desk.apply([*stay.told, *wrap])
    reports = Reports(store, stay.at + MINUTE)
    (line,) = await reports.queues(FRIDAY)
    assert (line.speed_of_answer, line.handle_time, line.service_level) == (10.0, 80.0, 1.0)
    agents = await reports.agents(FRIDAY)
    assert sum(one.wrapping for one in agents) == 20.0
    assert sum(one.talking for one in agents) == 60.0
    # A minute ready before, 70 s of waiting and talk, and 40 s after the wrap-up.
    assert sum(one.ready for one in agents) == 60.0 + 70.0 + 40.0


async def test_shares_of_nothing_are_unknown_rather_than_zero(
    desk: PostgresDesk, store: Store
) -> None:
    await desk.apply(Stay.of_call(Call()).joins().leaves("key", after=30).told)
    (line,) = await Reports(store, NOW).queues(FRIDAY)
    assert (line.service_level, line.speed_of_answer, line.handle_time) == (None, None, None)


async def test_a_callback_is_told_by_the_day_it_was_promised(
    desk: PostgresDesk, store: Store
) -> None:
    call = Call()
    callback = call.is_promised(call.opens(1))
    await desk.apply(call.told)
    callbacks = Callbacks(store, lambda: MONDAY_8 + 20 * MINUTE)
    (claim,) = await callbacks.claim_due(MONDAY_8, 1, "here")
    await callbacks.mark_dialling(callback, claim.attempt)
    await desk.apply([tried(callback, claim.attempt, "kept", at=MONDAY_8 + 21 * MINUTE, talked=9)])
    (line,) = await Reports(store, MONDAY_8 + timedelta(days=1)).callbacks(FRIDAY)
    assert (line.promised, line.kept, line.late, line.tries) == (1, 1, 1, 1)


async def test_who_hung_up_is_told_by_where_they_were(desk: PostgresDesk, store: Store) -> None:
    waiting, choosing, served = Call("1795766400.1"), Call("1795766400.2"), Call("1795766400.3")
    stay = Stay.of_call(waiting).joins("produsen").leaves("abandoned", after=30)
    for call in (waiting, choosing, served):
        call.begins()
        call.at += MINUTE
    waiting.ends("hung_up", "operator")
    choosing.ends("hung_up", "main")
    served.ends("agent", "operator")
    await desk.apply([*waiting.told, *choosing.told, *served.told, *stay.told])
    lines = await Reports(store, NOW).abandoned(FRIDAY)
    assert {line.place: line.calls for line in lines} == {"queue produsen": 1, "menu main": 1}


@pytest.mark.parametrize("step", [timedelta(0), timedelta(minutes=7)])
def test_intervals_that_do_not_fit_are_refused(step: timedelta) -> None:
    with pytest.raises(ValueError, match="no intervals"):
        Period.day(date(2026, 11, 27), step)


def test_a_week_goes_from_monday_to_sunday() -> None:
    week = Period.week(date(2026, 11, 29))
    assert (week.start, week.end) == (
        datetime(2026, 11, 23, tzinfo=WIB),
        datetime(2026, 11, 30, tzinfo=WIB),
    )
