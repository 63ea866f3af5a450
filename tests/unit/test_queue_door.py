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
def test_the_wait_ends_a_second_after_the_hours_or_before_they_do(opens: int, most: int) -> None:
    until = NOW + timedelta(seconds=opens)
    assert open_seconds(Until(until), most) == (opens + 1 if opens <= most else most)


def test_who_comes_as_the_line_closes_is_out_again_at_once() -> None:
    assert open_seconds(Until(NOW), 600) == 2
