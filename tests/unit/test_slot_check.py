"""`saluran check` of the slots: whether the hours have room for one."""

from pathlib import Path

from config.settings import Settings
from scripts.check.slots import slots


def told(folder: Path, hours: str, minutes: int) -> str:
    (folder / "calendar.yaml").write_text(hours)
    settings = Settings.model_validate(
        {
            "state": folder,
            "slots": {"minutes": minutes},
            "files": {"calendar": folder / "calendar.yaml"},
        }
    )
    (finding,) = slots(settings)
    return f"{finding.found} — {finding.remedy}"


WEEK = "week: # source: a decree\n  monday: [08:00-11:00, 12:00-15:00]\n"


def test_the_first_slot_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, WEEK, 180)
    assert found.startswith("180 minutes for 2 callers each, the first at 20")
    assert found.endswith(":00 WIB — ")


def test_a_slot_that_is_longer_than_all_hours_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, WEEK, 181) == (
        "no slot of 181 minutes fits into the hours — make slots.minutes smaller"
    )


def test_a_calendar_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "calendar.yaml:2:" in told(tmp_path, WEEK.replace("11:00", "25:00"), 60)
