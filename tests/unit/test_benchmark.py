"""The measurement's arithmetic: medians, the slowest of a hundred, and the targets."""

import pytest

from scripts.benchmark.desk_found import DeskFound, Pair
from scripts.benchmark.found import Found, Kind, percentile


def measured(*, cpu: float = 0.09, slowest: float = 0.08, idle_mb: int = 80, kb: int = 20) -> Found:
    return Found(
        native=Kind(cpu=[0.06, 0.05, 0.07], delays=[0.05] * 99 + [0.1]),
        ours=Kind(cpu=[cpu], delays=[0.05] * 90 + [slowest] * 10),
        idle_kb=idle_mb * 1024,
        empty_kb=90_000,
        standing_kb=90_000 + 200 * kb,
        standing=200,
    )


def test_a_call_is_compared_by_the_median_of_the_rounds() -> None:
    assert measured().cpu_ratio == pytest.approx(1.5)


def test_the_slowest_of_a_hundred_is_found() -> None:
    assert percentile([float(n) for n in range(101)], 99) == pytest.approx(99)


def test_what_meets_every_target_is_within_them() -> None:
    assert measured(cpu=0.089).within_targets


@pytest.mark.parametrize(
    "too_much", [{"cpu": 0.1}, {"slowest": 0.2}, {"idle_mb": 121}, {"kb": 51}], ids=str
)
def test_one_missed_target_is_enough(too_much: dict[str, int]) -> None:
    assert not measured(**{"cpu": 0.08, **too_much}).within_targets  # type: ignore[arg-type]


def desk_measured(*, ours: float = 0.0029, slowest: float = 0.09) -> DeskFound:
    pair = Pair(ours=[[ours] * 9, [ours] * 9, [1.0] * 9], bare=[[0.002] * 9] * 3)
    return DeskFound(100, {"list": pair}, {"search": [0.01] * 90 + [slowest] * 10})


def test_an_answer_is_compared_by_the_median_of_the_rounds() -> None:
    found = desk_measured()
    assert found.pairs["list"].ratio == pytest.approx(1.45)
    assert found.p95_ms("search") == pytest.approx(90)
    assert found.within_targets


@pytest.mark.parametrize("too_much", [{"ours": 0.0031}, {"slowest": 0.11}], ids=str)
def test_one_missed_target_of_the_desk_is_enough(too_much: dict[str, float]) -> None:
    assert not desk_measured(**too_much).within_targets
