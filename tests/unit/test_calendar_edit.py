"""The calendar's file is changed without touching what else people wrote into it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import calendar_edit
from config.calendar_edit import WEEKDAYS, with_override, with_week, without_override
from config.calendar_file import rules_of
from config.documents import parsed

OURS = """\
# Hours, as announced.
week: # source: March 2023
  monday: 08:00-16:00   # long
  tuesday: 08:00-16:00
  friday:
    - 08:00-11:30
    - 13:00-16:00

# What differs.
overrides:
  - name: Pindah kantor  # said on the phone
    source: Surat Edaran
    from: 2026-12-04
    closed: true
  # Ramadan is longer.
  - name: Ramadan
    source: surat
    from: 2027-02-08
    until: 2027-03-08
    week:
      monday: 08:00-15:00
# The end.
"""
SATURDAY = {"name": "Layanan: Sabtu #1", "source": 'Nota "Dinas"', "from": "2026-12-12"} | {
    "hours": ["09:00-12:00"]
}


def read(text: str) -> Any:
    return rules_of(parsed("calendar.yaml", text))


def test_an_override_is_added_behind_the_others_and_the_rest_stays() -> None:
    text = with_override(OURS, SATURDAY)
    assert calendar_edit.overrides(text) == [*calendar_edit.overrides(OURS), SATURDAY]
    assert [line for line in text.splitlines() if line not in OURS.splitlines()] == [
        '  - name: "Layanan: Sabtu #1"',
        '    source: "Nota \\"Dinas\\""',
        "    from: 2026-12-12",
        "    hours: 09:00-12:00",
    ]
    assert [line for line in OURS.splitlines() if line not in text.splitlines()] == []


def test_one_is_taken_away_and_nothing_else() -> None:
    text = without_override(OURS, 0)
    assert [one["name"] for one in calendar_edit.overrides(text)] == ["Ramadan"]
    assert "# Ramadan is longer." in text
    assert "# said on the phone" not in text
    text = without_override(text, 0)
    assert calendar_edit.overrides(text) == []
    assert "# Hours, as announced." in text
    with pytest.raises(IndexError):
        without_override(text, 0)


@pytest.mark.parametrize(
    "written",
    [
        "week: {monday: 08:00-16:00}\noverrides: []\n",
        "week: {monday: 08:00-16:00}\n",
        "week: {monday: 08:00-16:00}\noverrides: [{name: a, source: b, from: 2026-01-01, "
        "closed: true}]\n",
        "week:\n  monday: 08:00-16:00\noverrides:\n-\n  name: a\n  source: b\n"
        "  from: 2026-01-01\n  closed: true",
        '{"week": {"monday": "08:00-16:00"}, "overrides": []}',
    ],
)
def test_every_way_to_write_the_list_is_understood(written: str) -> None:
    before = calendar_edit.overrides(written)
    text = with_override(written, SATURDAY)
    assert calendar_edit.overrides(text) == [*before, SATURDAY]
    assert calendar_edit.overrides(without_override(text, len(before))) == before


def test_hours_of_weekdays_change_with_their_comments_in_place() -> None:
    week = {"monday": ["09:00-15:00"], "friday": ["08:00-16:00"], "saturday": ["09:00-12:00"]}
    text = with_week(OURS, week)
    days = dict(zip(WEEKDAYS, read(text).week, strict=True))
    assert {name: calendar_edit.spans(spans) for name, spans in days.items() if spans} == week
    assert "  monday: 09:00-15:00   # long" in text
    assert read(text).days == read(OURS).days


DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
NAMES = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, DATES), max_size=6), st.data())
def test_any_names_go_in_and_come_out(given_: list[tuple[str, date]], data: st.DataObject) -> None:
    text = OURS
    expected = calendar_edit.overrides(text)
    for name, day in given_:
        one = {"name": name, "source": name, "from": str(day)}
        one["until"] = str(day + timedelta(days=2))
        text = with_override(text, {**one, "closed": True})
        expected = [*expected, {**one, "closed": True}]
    assert calendar_edit.overrides(text) == expected
    place = data.draw(st.integers(0, len(expected) - 1))
    left = [*expected[:place], *expected[place + 1 :]]
    assert calendar_edit.overrides(without_override(text, place)) == left
