"""The staffing table gives the values of the literature."""

import math

import pytest

from config.erlang import Forecast, blocking, staffing, table, waiting

HALF_AN_HOUR_OF_100 = Forecast(calls=200, handle_time=180)
"""10 Erlang, the example of most introductions to call centres."""
GARNETT = {"calls": 48 * 60, "handle_time": 60}
"""48 calls a minute of a minute each, on 50 agents: the table of Garnett, Mandelbaum and Reiman,
*Designing a Call Center with Impatient Customers* (2002), section 1."""


@pytest.mark.parametrize(
    ("load", "lines", "expected"),
    [(1, 1, 0.5), (2, 2, 0.4), (10, 10, 0.2146), (20, 30, 0.0085)],
)
def test_blocking_is_as_in_the_tables_of_erlang_b(load: float, lines: int, expected: float) -> None:
    assert blocking(load, lines) == pytest.approx(expected, abs=0.00015)


@pytest.mark.parametrize(("agents", "expected"), [(11, 0.682), (12, 0.449), (14, 0.174)])
def test_the_probability_to_wait_is_that_of_erlang_c(agents: int, expected: float) -> None:
    assert waiting(10, agents) == pytest.approx(expected, abs=0.0006)


def test_a_service_level_is_that_of_the_usual_example() -> None:
    found = staffing(HALF_AN_HOUR_OF_100, agents=14, threshold=20)
    assert found.service_level == pytest.approx(0.888, abs=0.001)
    assert found.speed_of_answer == pytest.approx(7.8, abs=0.05)
    assert found.occupancy == pytest.approx(10 / 14)


def test_endless_patience_waits_as_published() -> None:
    found = staffing(Forecast(**GARNETT), agents=50, threshold=20)
    assert found.speed_of_answer == pytest.approx(20.8, abs=0.1)
    assert found.occupancy == pytest.approx(0.96)


def test_callers_who_give_up_are_as_many_as_published() -> None:
    found = staffing(Forecast(**GARNETT, patience=120), agents=50, threshold=20)
    assert found.abandoned == pytest.approx(0.031, abs=0.0005)
    assert found.speed_of_answer == pytest.approx(3.7, abs=0.05)
    assert found.occupancy == pytest.approx(0.93, abs=0.001)


def test_abandonment_is_exact_for_one_agent_whose_callers_are_as_patient_as_talks_are_long() -> (
    None
):
    # Then the number of callers is Poisson (M/M/infinity), so that at 1 Erlang nobody is there for
    # exp(-1) of the time: the agent's idle share.
    found = staffing(Forecast(calls=60, handle_time=60, patience=60), agents=1, threshold=0)
    assert 1 - found.occupancy == pytest.approx(math.exp(-1), rel=1e-6)
    assert found.service_level == pytest.approx(math.exp(-1), rel=1e-6)


def test_patience_beyond_all_waits_comes_to_erlang_c() -> None:
    endless = staffing(HALF_AN_HOUR_OF_100, agents=12, threshold=20)
    patient = staffing(Forecast(calls=200, handle_time=180, patience=1e7), 12, 20)
    assert patient.service_level == pytest.approx(endless.service_level, abs=1e-4)
    assert patient.speed_of_answer == pytest.approx(endless.speed_of_answer, rel=1e-3)


def test_an_overload_is_carried_by_those_who_give_up() -> None:
    found = staffing(Forecast(calls=2000, handle_time=180, patience=60), agents=20, threshold=20)
    assert found.occupancy == pytest.approx(1.0, abs=1e-3)
    assert found.abandoned == pytest.approx(1 - 20 / 100, abs=1e-3)


def test_the_table_has_the_fewest_agents_that_reach_the_level() -> None:
    lines = table(HALF_AN_HOUR_OF_100, level=0.8, threshold=20, around=2)
    assert [line.agents for line in lines] == [12, 13, 14, 15, 16]
    reached = [line.service_level >= 0.8 for line in lines]
    assert reached == [False, False, True, True, True]


def test_a_table_of_a_small_line_begins_with_one_agent() -> None:
    lines = table(Forecast(calls=2, handle_time=60), level=0.8, threshold=20)
    assert lines[0].agents == 1


@pytest.mark.parametrize(
    ("calls", "handle_time", "patience"),
    [(0, 180, None), (-5, 180, None), (10, 0, None), (10, 180, 0), (math.nan, 180, None),
     (1e9, 180, None), (math.inf, 1, None)],
)  # fmt: skip
def test_a_forecast_that_no_line_has_is_refused(
    calls: float, handle_time: float, patience: float | None
) -> None:
    with pytest.raises(ValueError):
        Forecast(calls, handle_time, patience)


def test_too_few_agents_for_patient_callers_are_refused() -> None:
    with pytest.raises(ValueError, match="the queue only grows"):
        staffing(HALF_AN_HOUR_OF_100, agents=10, threshold=20)


@pytest.mark.parametrize("level", [0.0, 1.0, 80.0])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="is a share"):
        table(HALF_AN_HOUR_OF_100, level, threshold=20)
