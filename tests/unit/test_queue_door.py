"""At the door of a queue nobody is put in for longer than the line is open."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.ports import Closing
from ivr.queue_door import open_seconds

NOW = datetime(2026, 11, 25, 8, 50, tzinfo=UTC)


class Until:
    """Open until then."""

    def __init__(self, until: datetime) -> None:
        self._until = until

    def now(self) -> datetime:
        return NOW

    def closing(self, at: datetime) -> Closing | None:
        return Closing("hours", "") if at >= self._until else None

    def next_opening(self, after: datetime) -> datetime | None:
        return None


@given(opens=st.integers(1, 20_000), most=st.integers(1, 10_000))
def test_the_wait_ends_with_the_hours_or_before(opens: int, most: int) -> None:
    until = NOW + timedelta(seconds=opens)
    assert open_seconds(Until(until), most) == min(opens, most)


def test_at_the_last_moment_it_is_a_second() -> None:
    assert open_seconds(Until(NOW), 600) == 1
