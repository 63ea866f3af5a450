"""The life cycle's table."""

from itertools import pairwise

import pytest

from tickets import lifecycle
from tickets.errors import MoveForbidden


def test_the_path_of_a_ticket_from_new_to_reopened_is_allowed() -> None:
    path = ["baru", "verifikasi", "proses", "ditanggapi", "selesai", "dibuka-kembali", "proses"]
    for was, became in pairwise(path):
        lifecycle.allow(was, became)


@pytest.mark.parametrize(
    ("was", "became"),
    [
        ("baru", "selesai"),
        ("baru", "baru"),
        ("selesai", "baru"),
        ("proses", "hilang"),
        ("", "baru"),
    ],
)
def test_a_move_outside_the_table_is_forbidden_and_says_what_is_allowed(
    was: str, became: str
) -> None:
    with pytest.raises(MoveForbidden, match="only"):
        lifecycle.allow(was, became)


@pytest.mark.parametrize(
    ("moves", "complaint"),
    [
        ({"a": {"b"}}, "unknown statuses: b"),
        ({"a": {"a2"}, "a2": {"a"}, "b": {"a"}}, "no move leads from `a` to: b"),
        ({"a": {"b"}, "b": set()}, "away from: b"),
        ({"a": {"b"}, "b": {"b"}}, "away from: b"),
    ],
)
def test_a_table_with_a_mistake_is_not_loaded(moves: dict[str, set[str]], complaint: str) -> None:
    table = {status: frozenset(became) for status, became in moves.items()}
    with pytest.raises(ValueError, match=complaint):
        lifecycle.check("a", table)
