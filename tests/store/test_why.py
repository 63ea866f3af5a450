"""Why somebody was served when they were: a sentence whose data are the rows."""

from datetime import timedelta

import pytest

from tests.store.told import FRIDAY_3, MONDAY_8, SITI, Call
from tests.store.waited import Stay, tried
from tickets.callbacks import Callbacks
from tickets.desk import PostgresDesk
from tickets.store import Store
from tickets.why import Why, explain

NOW = FRIDAY_3 + timedelta(hours=1)


async def why(store: Store, key: object) -> Why:
    found = await explain(store, str(key), NOW)
    assert found is not None
    return found


async def joined(desk: PostgresDesk, n: int, since: int = 0, priority: int = 0) -> Stay:
    """A caller who joined `n` seconds past three, and has waited since `since` seconds past it."""
    call = Call(f"1795766400.{n}", f"+62812345{n:05d}", at=FRIDAY_3)
    call.begins()
    stay = Stay(call.id, at=FRIDAY_3 + timedelta(seconds=n))
    stay.joins(since=FRIDAY_3 + timedelta(seconds=since), priority=priority)
    await desk.apply([*call.told, *stay.told])
    stay.told.clear()
    return stay


async def answered(desk: PostgresDesk, stay: Stay, after: float) -> None:
    await desk.apply(stay.is_answered(after=after).told)


async def test_who_waited_longer_went_before(desk: PostgresDesk, store: Store) -> None:
    first, second = await joined(desk, 1, since=1), await joined(desk, 2, since=2)
    await answered(desk, first, after=30)
    await answered(desk, second, after=60)
    found = await why(store, second.of)
    assert found.sentence == (
        "The call joined umum at 15:00:02 in place 1, waiting since 15:00:02, with priority 0; it "
        "was answered by 6001 at 15:01:02, after 60 s, as number 2 of the day there; 1 because "
        "they had waited longer, since 15:00:01."
    )
    assert [(one.of, one.earlier, one.fair) for one in found.others] == [(first.of, True, True)]


async def test_a_higher_priority_went_before(desk: PostgresDesk, store: Store) -> None:
    first, urgent = await joined(desk, 1, since=1), await joined(desk, 2, since=2, priority=5)
    await answered(desk, urgent, after=30)
    await answered(desk, first, after=60)
    found = await why(store, first.of)
    assert "1 went before it for a higher priority" in found.sentence
    assert "out of turn" not in found.sentence


async def test_a_callback_that_kept_its_place_went_before(desk: PostgresDesk, store: Store) -> None:
    caller = await joined(desk, 1, since=1)
    callback = Stay(Call("9.9").id, callback=True, at=FRIDAY_3 + timedelta(seconds=20))
    callback.joins(since=FRIDAY_3 - timedelta(hours=1)).is_answered(after=5)
    await desk.apply(callback.told)
    await answered(desk, caller, after=60)
    found = await why(store, caller.of)
    assert "1 because they had waited longer, since 14:00:00" in found.sentence
    assert [one.callback for one in found.others] == [True]


async def test_who_came_later_and_went_before_is_named(desk: PostgresDesk, store: Store) -> None:
    first, second = await joined(desk, 1, since=1), await joined(desk, 2, since=2)
    await answered(desk, second, after=30)
    await answered(desk, first, after=60)
    assert f"out of turn before it: {second.of}" in (await why(store, first.of)).sentence
    assert f"out of turn after it: {first.of}" in (await why(store, second.of)).sentence


async def test_a_phone_that_is_picked_up_slowly_is_no_unfairness(
    desk: PostgresDesk, store: Store
) -> None:
    # Both phones began to ring in turn; the first one's agent took longer to answer.
    first, second = await joined(desk, 1, since=1), await joined(desk, 2, since=2)
    await answered(desk, second, after=30)
    slow = first.is_answered(after=35).told
    await desk.apply([{**slow[0], "rang": 10.0}, *slow[1:]])
    found = await why(store, second.of)
    assert "out of turn" not in found.sentence
    assert all(one.fair for one in found.others)


async def test_who_still_waits_is_told_behind_how_many(desk: PostgresDesk, store: Store) -> None:
    await joined(desk, 1, since=1)
    gone = await joined(desk, 2, since=2)
    await desk.apply(gone.leaves("abandoned", after=5).told)
    waiting = await joined(desk, 3, since=3)
    await desk.apply(waiting.is_missed("6002").told)
    found = await why(store, waiting.of)
    assert "it still waits, behind 1 with an earlier turn" in found.sentence
    assert "phones rang for it 1 times in vain" in found.sentence


async def test_a_call_is_found_by_its_channel_too(desk: PostgresDesk, store: Store) -> None:
    stay = await joined(desk, 7)
    await desk.apply(stay.leaves("key", after=5).told)
    assert (
        "it left without an agent at 15:00:12 (key)" in (await why(store, "1795766400.7")).sentence
    )


async def test_a_call_that_never_stood_in_a_queue_says_so(desk: PostgresDesk, store: Store) -> None:
    call = Call()
    call.begins()
    call.ends("information", "hours")
    await desk.apply(call.told)
    assert (await why(store, call.id)).sentence == (
        "The call never stood in a queue; it ended (information) at the step hours."
    )


async def test_a_callback_that_is_not_due_is_told_from_its_row(
    desk: PostgresDesk, store: Store
) -> None:
    call = Call(phone=SITI)
    callback = call.is_promised(call.opens(1))
    await desk.apply(call.told)
    found = await why(store, callback)
    assert found.sentence.startswith("The callback waits since 15:00:01 with priority 0, is due")
    (claim,) = await Callbacks(store, lambda: MONDAY_8).claim_due(MONDAY_8, 1, "the service")
    assert "held by the service" in (await why(store, callback)).sentence
    await desk.apply([tried(callback, claim.attempt, "forbidden", at=MONDAY_8)])
    assert "a task for a person (forbidden)" in (await why(store, callback)).sentence


@pytest.mark.parametrize("key", ["1.1", "01931a2b-0000-7000-8000-000000000001", "no such", ""])
async def test_what_nobody_knows_has_no_reason(store: Store, key: str) -> None:
    assert await explain(store, key, NOW) is None
