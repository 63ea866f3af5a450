"""Every number, day and time that a caller hears is made of recordings that exist."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import speech, words
from config.prompts import Catalogue
from config.speech import LANGUAGES

languages = st.sampled_from(LANGUAGES)
moments = st.datetimes(timezones=st.just(UTC))
OFFICE = ((time(8), time(16)),)
CATALOGUE = Catalogue.load()
KNOWN = CATALOGUE.ids


def said(ids: list[str], language: str) -> str:
    """The words of ids in a row."""
    return " ".join(CATALOGUE.text(id_, language) for id_ in ids)


def test_a_number_is_spoken_in_pairs_and_an_odd_last_digit_alone() -> None:
    assert speech.digits("30941") == ["pair/30", "pair/94", "digit/1"]
    assert said(speech.digits("0812"), "id") == "nol delapan satu dua"


@pytest.mark.parametrize("text", ["", "+- ()", "٣٤", "abc"])
def test_what_is_not_a_digit_is_silent(text: str) -> None:
    assert speech.digits(text) == []


@given(st.text(alphabet="0123456789 +-"))
def test_no_digit_is_lost_or_added(text: str) -> None:
    spoken = "".join(id_.split("/")[1] for id_ in speech.digits(text))
    assert spoken == "".join(char for char in text if char.isdigit())
    assert set(speech.digits(text)) <= KNOWN


@pytest.mark.parametrize(
    ("n", "indonesian", "english"),
    [
        (0, "nol", "zero"),
        (10, "sepuluh", "ten"),
        (11, "sebelas", "eleven"),
        (19, "sembilan belas", "nineteen"),
        (21, "dua puluh satu", "twenty one"),
        (100, "seratus", "one hundred"),
        (999, "sembilan ratus sembilan puluh sembilan", "nine hundred ninety nine"),
    ],
)
def test_a_cardinal_in_words(n: int, indonesian: str, english: str) -> None:
    assert said(speech.number(n), "id") == indonesian
    assert said(speech.number(n), "en") == english


@pytest.mark.parametrize("n", [-1, 1000])
def test_a_cardinal_out_of_range_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="0 to 999"):
        speech.number(n)


def test_every_cardinal_differs_from_every_other() -> None:
    for language in LANGUAGES:
        assert len({said(speech.number(n), language) for n in range(1000)}) == 1000


def test_the_next_opening_is_a_day_and_a_time_in_jakarta() -> None:
    opening = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    indonesian = said(speech.moment(opening, "id"), "id")
    assert indonesian == "Senin tiga puluh November pukul delapan pagi"
    english = said(speech.moment(opening, "en"), "en")
    assert english == "Monday November thirtieth eight in the morning"


def test_minutes_follow_the_hour_in_indonesian_and_precede_it_in_english() -> None:
    at = time(13, 7)
    assert said(speech.clock(at, "id"), "id") == "pukul satu siang lewat tujuh menit"
    assert said(speech.clock(at, "en"), "en") == "seven minutes past one in the afternoon"


@pytest.mark.parametrize(
    ("at", "indonesian", "english"),
    [
        (time(0), "pukul dua belas malam", "midnight"),
        (time(2, 30), "pukul dua tiga puluh dini hari", "half past two in the morning"),
        (time(11), "pukul sebelas siang", "eleven in the morning"),
        (time(12), "pukul dua belas siang", "noon"),
        (
            time(12, 30),
            "pukul dua belas tiga puluh siang",
            "half past twelve in the afternoon",
        ),
        (time(18), "pukul enam sore", "six in the evening"),
        (time(23, 30), "pukul sebelas tiga puluh malam", "half past eleven at night"),
    ],
)
def test_the_part_of_the_day_is_named(at: time, indonesian: str, english: str) -> None:
    assert words.clock(at, "id") == indonesian
    assert words.clock(at, "en") == english


@given(moments, languages)
def test_every_moment_can_be_spoken(at: datetime, language: str) -> None:
    assert set(speech.moment(at, language)) <= KNOWN


@given(moments, languages, st.integers(-12, 14))
def test_a_moment_sounds_the_same_whatever_zone_it_is_written_in(
    at: datetime, language: str, east: int
) -> None:
    if at.year in (1, 9999):
        return
    elsewhere = at.astimezone(timezone(timedelta(hours=east)))
    assert speech.moment(elsewhere, language) == speech.moment(at, language)


def test_no_two_half_hours_sound_alike() -> None:
    half_hours = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    for language in LANGUAGES:
        assert len({words.clock(at, language) for at in half_hours}) == 48


def test_a_naive_moment_is_refused() -> None:
    naive = datetime(2026, 11, 30, 8)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        speech.moment(naive, "id")
    with pytest.raises(ValueError, match="time zone"):
        speech.greeting(naive)


def test_english_days_of_the_month_are_ordinals() -> None:
    spoken = [words.day_of_month(n, "en") for n in (1, 2, 3, 8, 12, 20, 21, 30, 31)]
    assert spoken == [
        "first",
        "second",
        "third",
        "eighth",
        "twelfth",
        "twentieth",
        "twenty first",
        "thirtieth",
        "thirty first",
    ]


def test_a_date_without_a_time() -> None:
    assert speech.date(date(2026, 12, 1), "id") == ["day/2", "date/1", "month/12"]
    assert speech.date(date(2026, 12, 1), "en") == ["day/2", "month/12", "date/1"]


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (0, "morning"),
        (10, "morning"),
        (11, "noon"),
        (14, "noon"),
        (15, "afternoon"),
        (17, "afternoon"),
        (18, "evening"),
        (23, "evening"),
    ],
)
def test_the_greeting_is_that_of_the_hour_in_jakarta(hour: int, greeting: str) -> None:
    at = datetime(2026, 11, 30, hour, 59, tzinfo=speech.WIB)
    assert speech.greeting(at.astimezone(UTC)) == f"greeting-{greeting}"
    assert speech.greeting(at) in KNOWN


def test_equal_days_are_spoken_together_in_all_three_zones() -> None:
    week = [OFFICE] * 5 + [()] * 2
    assert said(speech.hours(week, "id"), "id") == (
        "Layanan buka Senin sampai Jumat "
        "pukul delapan pagi sampai pukul empat sore Waktu Indonesia Barat atau "
        "pukul sembilan pagi sampai pukul lima sore Waktu Indonesia Tengah atau "
        "pukul sepuluh pagi sampai pukul enam sore Waktu Indonesia Timur"
    )


def test_a_day_with_a_break_stands_alone_with_both_its_parts() -> None:
    friday = ((time(8), time(11, 30)), (time(13), time(16)))
    spoken = said(speech.hours([OFFICE] * 4 + [friday] + [()] * 2, "id"), "id")
    assert "Senin sampai Kamis pukul delapan pagi sampai pukul empat sore" in spoken
    assert (
        "dan Jumat pukul delapan pagi sampai pukul sebelas tiga puluh siang "
        "dan pukul satu siang sampai pukul empat sore Waktu Indonesia Barat"
    ) in spoken


def test_equal_days_that_are_not_consecutive_are_spoken_apart() -> None:
    ids = speech.hours([OFFICE, (), OFFICE, OFFICE, (), (), ()], "id")
    assert [id_ for id_ in ids if id_.startswith("day/")] == ["day/1", "day/3", "day/4"]


def test_hours_past_midnight_in_the_east_are_those_of_the_next_morning() -> None:
    late = ((time(20), time(23)),)
    spoken = said(speech.hours([late] * 7, "en"), "en")
    assert spoken.endswith("ten at night until one in the morning Eastern Indonesian Time")


def test_a_week_without_hours_is_silent() -> None:
    assert speech.hours([()] * 7, "id") == []


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    ends = sorted(draw(st.lists(st.times(), max_size=4, unique=True)))
    return tuple(pairwise(ends))[::2]


@given(st.lists(days(), min_size=7, max_size=7), languages)
def test_every_week_can_be_spoken(week: list[tuple[tuple[time, time], ...]], language: str) -> None:
    assert set(speech.hours(week, language)) <= KNOWN


def test_every_id_has_words_in_every_language() -> None:
    for id_, texts in speech.all_ids().items():
        assert set(texts) == set(LANGUAGES), id_
        assert all(texts.values()), id_
