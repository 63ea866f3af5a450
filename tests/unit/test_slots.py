"""The times a caller may choose."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.calendar import WIB, Calendar
from config.settings import CHECKOUT
from config.slots import SlotRules, free_slots

CALENDAR = Calendar.load(CHECKOUT / "config/calendar.yaml")
RULES = SlotRules(length=timedelta(hours=2), capacity=2, notice=timedelta(hours=1))


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def test_slots_begin_an_hour_from_now_and_skip_the_weekend() -> None:
    found = free_slots(CALENDAR, RULES, wib("2026-11-27 11:30"), {}, 3)
    assert found == [wib("2026-11-27 14:00"), wib("2026-11-30 08:00"), wib("2026-11-30 10:00")]


def test_a_holiday_has_no_slots() -> None:
    found = free_slots(CALENDAR, RULES, wib("2026-12-24 15:00"), {}, 1)
    assert found == [wib("2026-12-28 08:00")]


def test_a_full_slot_is_not_offered_whatever_zone_it_was_told_in() -> None:
    booked = {
        wib("2026-11-30 08:00").astimezone(UTC): 2,
        wib("2026-11-30 10:00").astimezone(UTC): 1,
    }
    found = free_slots(CALENDAR, RULES, wib("2026-11-27 16:00"), booked, 1)
    assert found == [wib("2026-11-30 10:00")]


def test_an_emergency_closes_its_slots() -> None:
    shut = CALENDAR.closed_by([(wib("2026-11-30 00:00"), wib("2026-11-30 12:00"), "banjir")])
    assert free_slots(shut, RULES, wib("2026-11-27 16:00"), {}, 1) == [wib("2026-11-30 12:00")]


def test_a_closure_until_it_is_lifted_leaves_none() -> None:
    shut = CALENDAR.closed_by([(wib("2026-11-27 00:00"), None, "banjir")])
    assert free_slots(shut, RULES, wib("2026-11-27 16:00"), {}, 3) == []


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)),  # noqa: DTZ001
    st.integers(15, 480),
)
def test_every_slot_lies_within_the_hours(at: datetime, minutes: int) -> None:
    now = at.replace(tzinfo=UTC)
    rules = SlotRules(timedelta(minutes=minutes), 1, timedelta(0))
    found = free_slots(CALENDAR, rules, now, {}, 5)
    assert found == sorted(set(found))
    for start in found:
        assert start >= now
        assert CALENDAR.closing(start) is None
        assert CALENDAR.closing(start + rules.length - timedelta(microseconds=1)) is None
