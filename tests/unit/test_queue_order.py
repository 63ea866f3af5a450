"""Whoever comes is put where their time belongs: a queue stands in order, whatever comes when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.callback_order import position, rank
from ivr.queue_door import Turn

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
turns = st.builds(
    Turn,
    since=st.integers(0, 600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    priority=st.integers(0, 2),
)


@given(st.lists(st.tuples(turns, st.booleans()), max_size=40))
def test_callers_stand_in_the_order_of_priority_and_time(
    comes: list[tuple[Turn, bool]],
) -> None:
    queue: list[Turn] = []
    for turn, one_is_served in comes:
        queue.insert(position(queue, turn) - 1, turn)
        if one_is_served:
            assert rank(queue.pop(0)) <= min((rank(other) for other in queue), default=rank(turn))
    assert queue == sorted(queue, key=rank)


@given(st.lists(turns, min_size=1, max_size=20), turns)
def test_of_those_of_one_moment_who_came_first_stands_first(
    waiting: list[Turn], turn: Turn
) -> None:
    queue = sorted(waiting, key=rank)
    at = position(queue, turn) - 1
    assert all(rank(other) <= rank(turn) for other in queue[:at])
    assert all(rank(other) > rank(turn) for other in queue[at:])
