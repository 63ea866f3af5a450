"""The audit finds every call that stands on one side alone."""

from pathlib import Path

import pytest

from config.documents import ConfigError
from scripts.audit import compare, read_records
from tickets.audit import CallRow


def record(context: str, uniqueid: str, channel: str = "PJSIP/trunk-00000001") -> str:
    """A line as `cdr_csv` writes it."""
    return (
        f'"","+6281234567890","s","{context}","""Budi"" <+6281234567890>","{channel}",'
        '"","AGI","agi:async","2026-11-24 03:00:00","2026-11-24 03:00:00","2026-11-24 03:01:00",'
        f'60,60,"ANSWERED","DOCUMENTATION","{uniqueid}",""\n'
    )


def test_equal_sides_are_one_to_one() -> None:
    found = compare({"1.1", "1.2"}, [CallRow("1.1", True), CallRow("1.2", True)])
    assert found.one_to_one
    assert (found.records, found.rows) == (2, 2)


def test_a_recorded_call_without_a_row_is_found() -> None:
    found = compare({"1.1", "1.2"}, [CallRow("1.2", True)])
    assert found.without_row == ["1.1"]
    assert not found.one_to_one


def test_an_ended_row_without_a_record_is_found() -> None:
    found = compare(set(), [CallRow("1.1", True)])
    assert found.without_record == ["1.1"]
    assert not found.one_to_one


def test_a_call_that_goes_on_is_no_problem() -> None:
    found = compare(set(), [CallRow("1.1", False)])
    assert found.one_to_one
    assert found.in_progress == 1


def test_a_row_that_stayed_open_after_its_call_is_found() -> None:
    found = compare({"1.1"}, [CallRow("1.1", False)])
    assert found.open == ["1.1"]
    assert not found.one_to_one


def test_records_of_other_calls_of_the_pbx_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(record("from-internal", "1.1") + record("saluran-in", "1.2"))
    assert read_records(file) == ({"1.2"}, 0)


def test_a_call_with_several_records_is_one_call(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(record("saluran-in", "1.2") + record("saluran-fallback", "1.2"))
    assert read_records(file) == ({"1.2"}, 0)


@pytest.mark.parametrize(
    ("context", "channel"),
    [
        ("saluran-agent", "PJSIP/6001-00000002"),
        ("saluran-hours", "PJSIP/6001-00000002"),
        ("saluran-callback", "Local/hold@saluran-callback-00000000;1"),
        ("saluran-callback-note", "Local/hold@saluran-callback-00000000;2"),
    ],
)
def test_what_agents_dial_and_callbacks_are_no_callers(
    tmp_path: Path, context: str, channel: str
) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(record(context, "1.1", channel) + record("saluran-queue-keys", "1.2"))
    assert read_records(file, frozenset({"6001"})) == ({"1.2"}, 0)


def test_a_line_that_is_no_record_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(record("saluran-in", "1.2") + '"","+62812\n')
    assert read_records(file) == ({"1.2"}, 1)


def test_before_the_first_call_there_are_no_records(tmp_path: Path) -> None:
    assert read_records(tmp_path / "Master.csv") == (set(), 0)


def test_without_the_folder_of_records_there_is_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"include cdr_saluran\.conf"):
        read_records(tmp_path / "cdr-csv" / "Master.csv")
