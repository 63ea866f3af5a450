"""Telephone numbers, as callers' networks and callers' fingers really send them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.phones import callable_from_keys, masked, national, normalise, printable, shown

MOBILES = st.from_regex(r"8[12357][1-9][0-9]{7}", fullmatch=True)


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("081234567890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("+6281234567890", "+6281234567890"),
        ("006281234567890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("62081234567890", "+6281234567890"),
        ("0215551234", "+62215551234"),
        ("62215551234", "+62215551234"),
        ("(021) 555 1234", "+62215551234"),
        ("0361223456", "+62361223456"),
        ("08111451587", "+628111451587"),
    ],
)
def test_one_person_has_one_number_however_it_is_written(raw: str, phone: str) -> None:
    assert normalise(raw) == phone


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "anonymous",
        "Anonymous",
        "s",
        "unknown",
        "unavailable",
        "+",
        "0",
        "+62",
        "9" * 40,
        "0812" + "3" * 36,
        "8" * 100000,
        "0812345",
        "0812345678901234",
        "081234\r\n567890",
        "081234567890\n",
        "0812\u2028345678",
        "0812\x00345678",
        "😀",
        "08😀12",
        '"0812" <081234567890>',
        "sip:081234567890@x",
        "081234567890;ext=1",
        "٠٨١٢٣٤٥٦٧٨٩٠",
        "81234567890",
        "1500587",
        "0211500587",
        "02114045",
        "14045",
        "110",
        "112",
        "+62110",
        "08001234567",
        "0177123456",
        "0809123456",
        "+12125551234",
        "0012125551234",
        "+81312345678",
        "+870773111632",
        "0062",
        "call me",
    ],
)
def test_what_we_could_not_or_would_not_call_is_no_number(raw: str) -> None:
    assert normalise(raw) is None


@pytest.mark.parametrize(
    ("keyed", "phone"),
    [
        ("081234567890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("0215551234", "+62215551234"),
        ("812", None),
        ("08123456789012345678", None),
        ("", None),
        ("0012125551234", None),
        ("12125551234", None),
        ("0809123456", None),
        ("08001234567", None),
        ("1500587", None),
        ("0812*345678", None),
        ("0812A345678", None),
        ("+6281234567890", None),
        ("²³¹", None),
    ],
)
def test_keyed_numbers_are_called_only_within_the_country(keyed: str, phone: str | None) -> None:
    assert callable_from_keys(keyed) == phone


@given(MOBILES)
def test_the_three_spellings_are_one_person(subscriber: str) -> None:
    spellings = {normalise(prefix + subscriber) for prefix in ("0", "62", "+62")}
    assert spellings == {f"+62{subscriber}"}


@given(st.one_of(st.text(max_size=90), st.from_regex(r"(\+62|62|0)[0-9 -]{5,14}")))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    phone = normalise(raw)
    if phone is not None:
        assert re.fullmatch(r"\+62[1-9][0-9]{6,12}", phone)
        assert normalise(phone) == phone == normalise(national(phone))


@given(st.text(max_size=200))
def test_what_the_network_sent_is_one_short_line_without_controls(raw: str) -> None:
    shown = printable(raw)
    assert len(shown) == min(len(raw), 80)
    assert shown.isprintable()
    assert printable(shown) == shown


def test_printable_keeps_what_can_be_seen_and_marks_what_cannot() -> None:
    assert printable("Budi 😀 'x'") == "Budi 😀 'x'"
    assert printable("08\r\n12\u202834\x00\u202e") == "08��12�34��"


@given(MOBILES)
def test_a_masked_number_shows_three_digits(subscriber: str) -> None:
    assert masked(f"+62{subscriber}") == f"+62…{subscriber[-3:]}"


def test_too_short_a_number_is_masked_whole() -> None:
    assert masked("14045") == "…"
    assert masked("") == "…"


def test_a_number_is_read_back_as_people_say_it() -> None:
    assert national("+6281234567890") == "081234567890"
    assert national("+62215551234") == "0215551234"


@pytest.mark.parametrize(
    ("phone", "as_written"),
    [
        ("+6281234567890", "0812 3456 7890"),
        ("+628123456789", "0812 345 6789"),
        ("+6281234567", "0812 34567"),
        ("+62812345678901", "0812 345 678 901"),
        ("+62215551234", "021 555 1234"),
        ("+622518312345", "0251 831 2345"),
        ("+62…890", "0…890"),
        ("+14155550100", "+14155550100"),
        ("1500587", "1500587"),
        ("", ""),
    ],
)
def test_a_number_is_written_in_groups_that_are_not_parted(phone: str, as_written: str) -> None:
    assert shown(phone) == as_written.replace(" ", "\u00a0")


@given(MOBILES)
def test_what_is_copied_from_a_page_is_the_number_again(subscriber: str) -> None:
    assert normalise(shown(f"+62{subscriber}")) == f"+62{subscriber}"
