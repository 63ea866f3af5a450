"""No small group can be read or calculated from what is told."""

from hypothesis import given
from hypothesis import strategies as st

from tickets.suppression import LEAST, one, table

CELLS = st.dictionaries(st.text(min_size=1, max_size=2), st.integers(0, 12), max_size=8)


def test_alone_only_small_groups_are_left_out() -> None:
    assert [one(value) for value in (0, 1, 4, 5)] == [0, None, None, 5]


def test_a_second_cell_goes_with_the_only_small_one() -> None:
    told = table({"a": 3, "b": 9, "c": 7, "d": 0})
    assert told.cells == {"a": None, "b": 9, "c": None, "d": 0}
    assert told.total == 19


def test_two_small_ones_that_are_a_small_group_together_take_a_third() -> None:
    assert table({"a": 1, "b": 2, "c": 6, "d": 9}).cells == {
        **{"a": None, "b": None, "c": None},
        "d": 9,
    }


def test_where_nothing_else_can_cover_it_the_total_goes() -> None:
    assert table({"a": 3, "b": 0}).total is None
    assert table({"a": 1, "b": 2}).total is None
    assert table({"a": 0}).total == 0


@given(CELLS)
def test_what_is_left_out_is_never_one_cell_or_a_small_group(cells: dict[str, int]) -> None:
    told = table(cells)
    assert all(value is None or value in (0, *range(LEAST, 99)) for value in told.cells.values())
    assert all(value is None or value == cells[name] for name, value in told.cells.items())
    hidden = [cells[name] for name, value in told.cells.items() if value is None]
    if told.total is not None:
        assert told.total == sum(cells.values())
        # By subtraction from the total no more than this is known.
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= LEAST)
    if all(value == 0 or value >= LEAST for value in cells.values()):
        assert not told.hides
