"""What a caller is told of the wait: only what was measured, and only when it means something."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.service_times import ENOUGH, LONGEST, RECENT, SHORTEST, ServiceTimes, expected_minutes

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_with_two_agents_the_third_waits_for_three_halves_of_a_service() -> None:
    assert expected_minutes([170.0] * 5, wrap_up=10, position=3, agents=2) == 5


@pytest.mark.parametrize(
    ("recent", "position", "agents"),
    [
        ([180.0] * (ENOUGH - 1), 3, 1),
        ([180.0] * ENOUGH, 3, 0),
        ([10.0] * ENOUGH, 1, 1),
        ([180.0] * ENOUGH, 20, 1),
        ([1.0, 1.0, 1.0, 1.0, 1.0, 3600.0], 1, 1),
    ],
    ids=["few talks", "nobody serves", "no wait to speak of", "too long", "too uneven"],
)
def test_what_would_be_no_honest_number_is_not_told(
    recent: list[float], position: int, agents: int
) -> None:
    assert expected_minutes(recent, wrap_up=0, position=position, agents=agents) is None


@given(
    recent=st.lists(st.floats(0, 7200), max_size=60),
    wrap_up=st.integers(0, 3600),
    position=st.integers(1, 1000),
    agents=st.integers(0, 50),
)
def test_whatever_is_measured_what_is_told_lies_within_bounds_and_grows_with_the_place(
    recent: list[float], wrap_up: int, position: int, agents: int
) -> None:
    told = expected_minutes(recent, wrap_up, position, agents)
    behind = expected_minutes(recent, wrap_up, position + 1, agents)
    assert told is None or SHORTEST <= told <= LONGEST
    assert told is None or behind is None or told <= behind


def test_times_of_other_queues_and_of_hours_ago_do_not_count() -> None:
    times = ServiceTimes()
    times.note("umum", 60.0, NOW - RECENT - timedelta(seconds=1))
    times.note("umum", 90.0, NOW)
    times.note("produsen", 120.0, NOW)
    assert times.recent("umum", NOW) == [90.0]
