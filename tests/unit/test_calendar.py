"""When the line is open: rules that always hold, and the dates of 2026 and 2027."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import WIB, Calendar, Closing, Closure
from config.clock import Clock
from config.documents import ConfigError
from config.hours import Hours
from config.settings import CHECKOUT

OFFICE = Calendar.load(CHECKOUT / "config/calendar.yaml")

BUSY = """
week:
  monday: [08:00-12:00, 13.00–16.00]
  tuesday: 08:00-16:00
  wednesday: 8:00 - 16:00
  thursday: 08:00-16:00
  friday: [13:00-16:00, 08:00-11:30]
overrides:
  - name: Ramadan 1448 H
    source: Perpres 21/2023
    from: 2027-02-08
    until: 2027-03-08
    week:
      monday: 08:00-15:00
      tuesday: 08:00-15:00
      wednesday: 08:00-15:00
      thursday: 08:00-15:00
      friday: 08:00-15:30
  - name: Pindah kantor
    source: a letter
    from: 2027-02-10
    until: 2027-02-11
    closed: true
  - name: Layanan Sabtu
    source: a letter
    from: 2026-11-28
    hours: [09:00-12:00]
  - name: Posko Natal
    source: a letter
    from: 2026-12-25
    hours: 10:00-12:00
  - name: Jaga malam
    source: a letter
    from: 2026-12-31
    until: 2027-01-01
    hours: 00:00-23:59
"""


def made(folder: Path, text: str) -> Calendar:
    (folder / "calendar.yaml").write_text(text)
    return Calendar.load(folder / "calendar.yaml")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Calendar:
    return made(tmp_path_factory.mktemp("calendar"), BUSY)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2028, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(days=40))
CLOSURES = st.lists(
    st.tuples(MOMENTS, st.none() | LENGTHS).map(
        lambda drawn: (drawn[0], drawn[1] and drawn[0] + drawn[1], "banjir")
    ),
    max_size=4,
)

# The decree of the three ministers 1497/2025, 2/2025, 5/2025: 17 holidays, 8 days of cuti bersama.
HOLIDAYS_2026 = (
    "01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17"
    " 08-25 12-25"
)
TOGETHER_2026 = "02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24"
# The decree for 2027 as `holidays` 0.109 holds it, citing setneg.go.id of September 2026; a later
# version that says otherwise should be looked at, not slip in.
HOLIDAYS_2027 = (
    "01-01 01-05 02-06 03-08 03-10 03-11 03-26 03-28 05-01 05-06 05-17 05-20 06-01 06-06 08-15"
    " 08-17 12-25 12-26"
)
TOGETHER_2027 = "02-05 03-09 03-12 03-15 03-25 05-18 05-19 12-24"


def days(year: int, listed: str) -> set[date]:
    return {date.fromisoformat(f"{year}-{day}") for day in listed.split()}


def every_day(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365)]


@pytest.mark.parametrize(
    ("year", "holidays", "together"),
    [(2026, HOLIDAYS_2026, TOGETHER_2026), (2027, HOLIDAYS_2027, TOGETHER_2027)],
)
def test_every_day_of_the_year_is_open_or_closed_as_decreed(
    year: int, holidays: str, together: str
) -> None:
    decreed = days(year, holidays) | days(year, together)
    for day in every_day(year):
        found = OFFICE.day(day)
        usual = () if day.weekday() > 4 or day in decreed else ((time(8), time(16)),)
        assert (day, found.intervals) == (day, usual)
        assert (day, found.reason == "holiday") == (day, day in decreed)
        assert (day, found.source.startswith("cuti bersama")) == (day, day in days(year, together))


def test_dates_that_wait_for_the_moon_are_estimates_and_are_named_without_saying_so() -> None:
    eid = OFFICE.day(date(2027, 3, 10))
    assert (eid.is_estimated, eid.name) == (True, "Hari Raya Idul Fitri")
    assert not any(OFFICE.day(day).is_estimated for day in every_day(2026))


@pytest.mark.parametrize(
    ("at", "closing"),
    [
        ("2026-11-27 07:59:59.999999", Closing("hours", "")),
        ("2026-11-27 08:00", None),
        ("2026-11-27 11:29:59", None),
        ("2026-11-27 11:30", Closing("break", "")),
        ("2026-11-27 12:59:59", Closing("break", "")),
        ("2026-11-27 13:00", None),
        ("2026-11-27 16:00", Closing("hours", "")),
        ("2026-11-28 08:59", Closing("hours", "Layanan Sabtu")),
        ("2026-11-28 09:00", None),
        ("2026-11-29 10:00", Closing("hours", "")),
        ("2026-12-24 10:00", Closing("holiday", "Cuti Bersama Hari Raya Natal")),
        ("2026-12-25 10:00", None),
        ("2026-12-31 00:00", None),
        ("2026-12-31 23:59", Closing("hours", "Jaga malam")),
        ("2027-01-01 00:00", None),
        ("2027-02-09 15:00", Closing("hours", "Ramadan 1448 H")),
        ("2027-02-10 10:00", Closing("closure", "Pindah kantor")),
        ("2027-02-12 15:29", None),
        ("2027-02-14 10:00", Closing("hours", "Ramadan 1448 H")),
        ("2027-03-08 10:00", Closing("holiday", "Hari Suci Nyepi")),
    ],
)
def test_a_moment_is_open_or_says_why_not(busy: Calendar, at: str, closing: Closing | None) -> None:
    assert busy.closing(wib(at)) == closing
    assert busy.closing(wib(at).astimezone(UTC)) == closing


@pytest.mark.parametrize(
    ("after", "opening"),
    [
        ("2026-11-27 10:00", "2026-11-27 10:00"),
        ("2026-11-27 11:30", "2026-11-27 13:00"),
        ("2026-11-27 16:00", "2026-11-28 09:00"),
        ("2026-11-28 12:00", "2026-11-30 08:00"),
        ("2026-12-23 16:00", "2026-12-25 10:00"),
        ("2026-12-31 23:59", "2027-01-01 00:00"),
        ("2027-01-01 23:59", "2027-01-04 08:00"),
        ("2027-02-09 15:00", "2027-02-12 08:00"),
        ("2027-03-05 15:30", "2027-03-16 08:00"),
    ],
)
def test_the_next_opening_is_found(busy: Calendar, after: str, opening: str) -> None:
    assert busy.next_opening(wib(after).astimezone(UTC)) == wib(opening)


def test_the_next_opening_is_told_in_wib() -> None:
    opening = OFFICE.next_opening(datetime(2026, 11, 27, 9, 0, tzinfo=UTC))
    assert str(opening) == "2026-11-30 08:00:00+07:00"


@pytest.mark.parametrize(
    ("start", "n", "deadline"),
    [
        ("2026-11-27 10:00", 1, "2026-11-30 16:00"),
        ("2026-11-27 23:59", 1, "2026-11-30 16:00"),
        ("2026-11-28 10:00", 1, "2026-11-30 16:00"),
        ("2026-12-22 10:00", 3, "2026-12-29 16:00"),
        ("2026-12-30 10:00", 2, "2027-01-04 16:00"),
        ("2026-03-13 10:00", 3, "2026-03-25 16:00"),
        ("2026-11-24 10:00", 14, "2026-12-14 16:00"),
        ("2026-11-24 10:00", 60, "2027-02-23 16:00"),
    ],
)
def test_a_deadline_counts_working_days(start: str, n: int, deadline: str) -> None:
    assert OFFICE.add_working_days(wib(start).astimezone(UTC), n) == wib(deadline)


def test_a_deadline_ends_with_the_hours_of_its_day(busy: Calendar) -> None:
    assert busy.add_working_days(wib("2026-11-27 10:00"), 1) == wib("2026-11-28 12:00")
    assert busy.add_working_days(wib("2027-02-09 10:00"), 1) == wib("2027-02-12 15:30")


def test_no_deadline_is_due_before_it_is_set() -> None:
    with pytest.raises(ValueError, match="at least one working day away, not 0"):
        OFFICE.add_working_days(wib("2026-11-27 10:00"), 0)


@given(MOMENTS, CLOSURES)
def test_nothing_opens_inside_a_closure(
    busy: Calendar, after: datetime, closures: list[Closure]
) -> None:
    calendar = busy.closed_by(closures)
    opening = calendar.next_opening(after)
    assert opening is None or opening >= after
    assert opening is None or calendar.day(opening.date()).reason in ("hours", "override")
    for since, until, _ in closures:
        if until is None:
            assert opening is None or opening < since
        else:
            assert opening is None or not since <= opening < until
    closed = any(s <= after and (u is None or after < u) for s, u, _ in closures)
    assert not closed or calendar.closing(after) == Closing("emergency", "banjir")


@given(MOMENTS, CLOSURES)
def test_the_next_opening_is_open_and_the_first(
    busy: Calendar, after: datetime, closures: list[Closure]
) -> None:
    calendar = busy.closed_by(closures)
    opening = calendar.next_opening(after)
    if opening is None:
        assert any(until is None for _, until, _ in closures)
        return
    assert calendar.closing(opening) is None
    assert calendar.next_opening(opening) == opening
    # Every change happens at a written moment; just before the opening all was still closed.
    step = (opening - after) / 50
    for n in range(50 if step else 0):
        assert calendar.closing(after + n * step) is not None


@given(MOMENTS, MOMENTS, st.integers(1, 80))
def test_deadlines_are_monotone_and_on_working_days(
    busy: Calendar, one: datetime, other: datetime, n: int
) -> None:
    first, second = sorted((one, other))
    due = busy.add_working_days(first, n)
    assert first < due <= busy.add_working_days(second, n)
    assert due < busy.add_working_days(first, n + 1)
    assert busy.day(due.date()).intervals[-1][1] == due.time()
    between = (first.astimezone(WIB).date() + timedelta(days=k) for k in range(1, 400))
    assert n == sum(bool(busy.day(day).intervals) for day in between if day <= due.date())


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_the_hours_of_a_day_are_in_order_and_closed_days_say_why(busy: Calendar, day: date) -> None:
    found = busy.day(day)
    assert all(before[1] < after[0] for before, after in pairwise(found.intervals))
    assert found.reason == "hours" or (found.name and found.source)


def test_an_emergency_closes_at_once_until_it_is_over_or_lifted() -> None:
    since, until = wib("2026-11-30 10:00"), wib("2026-11-30 12:00")
    shut = OFFICE.closed_by([(since, until, "listrik padam")])
    assert shut.closing(since) == Closing("emergency", "listrik padam")
    assert shut.closing(until) is None
    assert shut.next_opening(since) == until
    assert OFFICE.closing(since) is None
    lasting = shut.closed_by([(since, None, "banjir"), (since, until, "listrik padam")])
    assert lasting.next_opening(since) is None
    assert lasting.next_opening(since - timedelta(minutes=1)) == since - timedelta(minutes=1)
    assert lasting.add_working_days(since, 1) == OFFICE.add_working_days(since, 1)


def test_an_emergency_past_closing_time_opens_on_the_next_day() -> None:
    shut = OFFICE.closed_by([(wib("2026-11-27 10:00"), wib("2026-11-27 16:00"), "banjir")])
    assert shut.next_opening(wib("2026-11-27 11:00")) == wib("2026-11-30 08:00")


def test_mode_always_closes_for_an_emergency_only() -> None:
    night = wib("2026-11-29 03:00")
    always = Calendar(OFFICE.rules, "always")
    assert always.closing(night) is None
    assert always.next_opening(night) == night
    shut = always.closed_by([(night, night + timedelta(hours=1), "banjir")])
    assert shut.closing(night) == Closing("emergency", "banjir")
    assert shut.next_opening(night) == night + timedelta(hours=1)


def test_mode_never_is_closed_and_promises_the_calendars_next_opening() -> None:
    never = Calendar(OFFICE.rules, "never")
    assert never.closing(wib("2026-11-27 10:00")) == Closing("hours", "")
    assert never.next_opening(wib("2026-11-27 10:00")) == wib("2026-11-30 08:00")
    assert never.next_opening(wib("2026-11-27 08:00")) == wib("2026-11-30 08:00")


def test_the_week_to_speak_is_that_of_ramadan_in_ramadan(busy: Calendar) -> None:
    assert busy.week[0] == ((time(8), time(12)), (time(13), time(16)))
    assert busy.week[4] == ((time(8), time(11, 30)), (time(13), time(16)))
    assert busy.week[5:] == ((), ())
    assert busy.week_on(date(2027, 2, 10))[4] == ((time(8), time(15, 30)),)
    assert busy.week_on(date(2027, 3, 9)) == busy.week


def test_the_months_have_all_their_days(busy: Calendar) -> None:
    assert list(busy.month(2028, 2)) == [date(2028, 2, n) for n in range(1, 30)]
    assert len(busy.month(2026, 12)) == 31
    assert busy.month(2026, 11)[date(2026, 11, 28)].source == "a letter"


def test_a_year_may_be_closed_but_for_more_than_400_days_nothing_is_promised(
    tmp_path: Path,
) -> None:
    text = "week: {monday: 08:00-16:00}\noverrides:\n" + "".join(
        f"  - {{name: tutup, source: x, from: {year}-01-01, until: {year}-12-31, closed: true}}\n"
        for year in (2026, 2027, 2028)
    )
    calendar = made(tmp_path, text)
    assert calendar.next_opening(wib("2026-06-01 10:00")) is None
    assert calendar.next_opening(wib("2028-12-01 10:00")) == wib("2029-01-08 08:00")


def test_hours_follow_the_clock(busy: Calendar) -> None:
    monday = wib("2027-02-15 10:00")
    hours = Hours(busy, Clock(monday - datetime.now(UTC)))
    assert hours.closing(hours.now()) is None
    assert hours.next_opening(monday) == monday
    assert hours.week[0] == ((time(8), time(15)),)


OVERRIDE = "week: {monday: 08:00-16:00}\noverrides:\n  - {name: a, source: b, "


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "week: {monday: [08:00-12:00, 11:00-16:00]}",
            "1:16: the hours 08:00-12:00 and 11:00-16:00 overlap or touch — leave a gap",
        ),
        ("week:\n  monday: [08:00-12:00, 12:00-16:00]", "2:11: the hours 08:00-12:00 and 12"),
        ("week: {monday: 16:00-08:00}", "1:16: `16:00-08:00` ends before it begins — write it"),
        ("week: {monday: 08:00-08:00}", "1:16: `08:00-08:00` ends before"),
        ("week: {monday: 08:00}", "1:16: `08:00` is no span of time — write it as 08:00-16:00"),
        ("week: {monday: 8}", "1:16: `8` is no span"),
        ("week: {monday: 08:00-24:00}", "1:16: `08:00-24:00` holds a time that no clock shows"),
        ("week: {monday: 08:60-09:00}", "1:16: `08:60-09:00` holds a time"),
        ("week: {mon: 08:00-16:00}", "1:8: `mon` is not known here — correct its spelling"),
        ("week: {monday: []}", "1:7: no day of the week is open — name one"),
        ("overrides: []", "1:1: `week` is missing — add `week:`"),
        ("week:\n\tmonday: 08:00-16:00", "2:1: a tab"),
        (OVERRIDE + "from: 2026-02-30, closed: true}", "3:32: `2026-02-30` is no date — write a"),
        (OVERRIDE + "from: 30-11-2026, closed: true}", "3:32: `30-11-2026` is no date"),
        (OVERRIDE + "from: 20261130, closed: true}", "3:32: `20261130` is no date"),
        (OVERRIDE + "from: 2026-12-02, until: 2026-12-01, closed: true}", "3:5: it ends on 2026"),
        (
            OVERRIDE + "from: 2026-01-01, until: 2062-01-01, closed: true}",
            "3:5: it lasts more than",
        ),
        (OVERRIDE + "from: 2026-12-02}", "3:5: it is not clear what differs — write one of"),
        (OVERRIDE + "from: 2026-12-02, closed: true, hours: 08:00-09:00}", "3:5: it is not clear"),
        (OVERRIDE + "closed: true}", "3:5: `from` is missing — add `from:`"),
        (
            "week: {monday: 08:00-16:00}\noverrides:\n"
            "  - {name: a, from: 2026-12-02, closed: true}",
            "3:5: `source` is missing — add `source:`",
        ),
        (
            "week: {monday: 08:00-16:00}\noverrides:\n"
            "  - {name: a, source: '', from: 2026-12-02, closed: true}",
            "3:23: `source`: string should have at least 1 character",
        ),
        (
            OVERRIDE + "from: 2026-12-01, until: 2026-12-09, closed: true}\n"
            "  - {name: c, source: d, from: 2026-12-09, hours: 08:00-09:00}",
            "4:5: `c` and `a` both claim 2026-12-09 — keep one for each date",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_at_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        made(tmp_path, text)
    (problem,) = raised.value.problems
    assert str(problem).startswith(f"{tmp_path}/calendar.yaml:{told}")


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        made(tmp_path, "week: {monday: 8, friday: 16:00-08:00}\noverrides: [{from: x}]")
    assert [problem.column for problem in raised.value.problems] == [16, 27, 13, 13, 20]


def test_the_examples_of_the_manual_are_a_calendar(tmp_path: Path) -> None:
    manual = (CHECKOUT / "docs/calendar.md").read_text()
    calendar = made(tmp_path, "".join(re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)))
    assert calendar.closing(wib("2026-12-04 10:00")) == Closing("closure", "Pindah kantor")
    assert calendar.closing(wib("2026-12-12 10:00")) is None
