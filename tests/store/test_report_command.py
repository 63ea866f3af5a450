"""`saluran report` and `saluran queue why` on a real database, for people and for programs."""

import csv
import io
from pathlib import Path

import pytest

from scripts.cli.codes import OK, PROBLEMS, WRONG
from tests.store.test_command_line import Saluran
from tests.store.told import Call
from tests.store.waited import Stay
from tickets.desk import PostgresDesk

HEADERS = {
    "queues": "start,queue,offered,answered,within,abandoned,key,timeout,closed,moved,waiting,"
    "other,waited,longest,talked,wrapped,service_level,speed_of_answer,handle_time",
    "agents": "start,agent,answered,missed,callbacks,talked,talking,wrapping,ready,paused,"
    "occupancy,talk_time",
    "callbacks": "start,queue,promised,kept,late,failed,cancelled,live,tries",
    "abandoned": "start,place,calls,seconds,mean_seconds",
}


@pytest.fixture
def saluran(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Saluran:
    (tmp_path / "saluran.yaml").write_text(f"database: {{url: '{database}'}}\n")
    return Saluran(tmp_path, capsys)


@pytest.fixture
async def stay(desk: PostgresDesk) -> Stay:
    """A caller of Friday 27 November, 15.00 WIB, answered after 25 s, talking for a minute."""
    call = Call()
    call.begins()
    stay = Stay.of_call(call).joins("pengaduan-en").is_answered(after=25).talks(60)
    await desk.apply([*call.told, *stay.told])
    return stay


@pytest.mark.parametrize("section", HEADERS)
async def test_csv_has_the_same_headers_for_ever(saluran: Saluran, section: str) -> None:
    code, told = await saluran("report", "day", "2026-11-27", "--section", section, "--csv")
    assert (code, told) == (OK, HEADERS[section] + "\n")


@pytest.mark.usefixtures("stay")
async def test_a_days_figures_come_by_the_hour(saluran: Saluran) -> None:
    _, told = await saluran("report", "day", "2026-11-27", "--csv")
    (line,) = csv.DictReader(io.StringIO(told))
    assert line["start"] == "2026-11-27T15:00:00+07:00"
    assert (line["queue"], line["offered"], line["answered"]) == ("pengaduan-en", "1", "1")
    # queues.yaml gives `pengaduan`, and with it its twin, a service level of 20 s.
    assert (line["within"], line["speed_of_answer"]) == ("0", "25.0")


@pytest.mark.usefixtures("stay")
async def test_a_weeks_figures_come_by_the_day(saluran: Saluran) -> None:
    (line,) = await saluran.json("report", "week", "2026-11-24", "--section", "agents")
    assert (line["agent"], line["answered"], line["talk_time"]) == ("6001", 1, 60.0)
    assert await saluran.json("report", "week", "2026-11-30", "--section", "agents") == []


async def test_a_reason_is_a_sentence_with_its_data(saluran: Saluran, stay: Stay) -> None:
    code, told = await saluran("queue", "why", str(stay.of))
    assert code == OK
    assert "it was answered by 6001" in told
    found = await saluran.json("queue", "why", str(stay.of))
    assert (found["data"]["queue"], found["others"]) == ("pengaduan-en", [])


async def test_a_reason_for_nobody_is_a_problem(saluran: Saluran) -> None:
    code, told = await saluran("queue", "why", "1.1")
    assert code == PROBLEMS
    assert "There is no call and no callback 1.1" in told


async def test_a_staffing_table_names_the_fewest_agents(saluran: Saluran) -> None:
    lines = await saluran.json("report", "staffing", "--calls", "200", "--talk", "180")
    fewest = next(line["agents"] for line in lines if line["service_level"] >= 0.8)
    assert fewest == 14


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("day", "27-11-2026"), "write it like 2026-11-27"),
        (("staffing", "--calls", "9", "--talk", "60", "--level", "80"), "write it like 80/20"),
        (("staffing", "--calls", "-9", "--talk", "60"), "above 0"),
        (("staffing", "--calls", "9", "--talk", "60", "--level", "100/20"), "such as 0.8"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_remedy(
    saluran: Saluran, words: tuple[str, ...], said: str
) -> None:
    code, told = await saluran("report", *words)
    assert code == WRONG
    assert said in told
