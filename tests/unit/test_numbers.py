"""Ticket numbers and PINs."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.numbers import is_plausible, ticket_number
from config.pins import pin_hash, same_pin

sequences = st.integers(1, 3_000_000)
TICKET = UUID("01931a2b-0000-7000-8000-000000000001")


def test_the_check_digit_is_damms() -> None:
    # The example of Damm's own and of every description since: 572 has the check digit 4.
    assert ticket_number(2000, 572) == "00005724"
    assert is_plausible("00005724")


def test_a_number_is_two_digits_of_the_year_five_of_sequence_and_a_check() -> None:
    number = ticket_number(2026, 42)
    assert len(number) == 8
    assert number.startswith("2600042")


@pytest.mark.parametrize(
    ("sequence", "length"), [(99_999, 8), (100_000, 10), (9_999_999, 10), (10_000_000, 12)]
)
def test_a_busy_year_grows_its_numbers_by_two_digits(sequence: int, length: int) -> None:
    number = ticket_number(2026, sequence)
    assert len(number) == length
    assert is_plausible(number)


@given(sequences, st.data())
def test_one_wrong_digit_is_noticed(sequence: int, data: st.DataObject) -> None:
    number = ticket_number(2026, sequence)
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not is_plausible(number[:place] + digit + number[place + 1 :])


@given(sequences, st.data())
def test_swapped_neighbours_are_noticed(sequence: int, data: st.DataObject) -> None:
    number = ticket_number(2026, sequence)
    place = data.draw(st.integers(0, len(number) - 2))
    first, second = number[place], number[place + 1]
    swapped = number[:place] + second + first + number[place + 2 :]
    assert is_plausible(swapped) == (first == second)


@given(st.lists(sequences, unique=True, min_size=2, max_size=50))
def test_no_two_tickets_share_a_number(many: list[int]) -> None:
    assert len({ticket_number(2026, sequence) for sequence in many}) == len(many)


@pytest.mark.parametrize(
    "text",
    ["", "0", "2600001", "260000100", "26 00010", "2600001O", "٢٦٠٠٠٠١٠", "26000010\n", "²6000010"],
)
def test_what_no_ticket_has_is_not_plausible(text: str) -> None:
    assert not is_plausible(text)


def test_sequences_count_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        ticket_number(2026, 0)


def test_a_pin_is_kept_under_key_and_ticket() -> None:
    kept = pin_hash(b"key", TICKET, "0471")
    assert same_pin(kept, pin_hash(b"key", TICKET, "0471"))
    assert not same_pin(kept, pin_hash(b"key", TICKET, "0472"))
    assert not same_pin(kept, pin_hash(b"other", TICKET, "0471"))
    assert not same_pin(kept, pin_hash(b"key", UUID(int=1), "0471"))
    assert "0471" not in kept
