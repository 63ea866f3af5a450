"""An installation has calendar and menus of its own, which follow the program's until changed."""

from pathlib import Path

import pytest

from scripts.embedded import own_files
from scripts.embedded.own_files import CALENDAR, provide


def test_a_copy_follows_the_program_until_somebody_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped, state = tmp_path / "program", tmp_path / "state"
    (shipped / own_files.FLOWS).mkdir(parents=True)
    (shipped / CALENDAR).write_text("one")
    (shipped / own_files.FLOWS / "hotline.yaml").write_text("menu")
    monkeypatch.setattr(own_files, "CHECKOUT", shipped)
    provide(state)
    assert (state / CALENDAR).read_text() == "one"
    assert (state / own_files.FLOWS / "hotline.yaml").read_text() == "menu"
    (shipped / CALENDAR).write_text("two")
    provide(state)
    assert (state / CALENDAR).read_text() == "two"
    (state / CALENDAR).write_text("ours")
    (shipped / CALENDAR).write_text("three")
    provide(state)
    provide(state)
    assert (state / CALENDAR).read_text() == "ours"
