"""What pages call queues, steps and people."""

from pathlib import Path

import pytest

from scripts.desk_files import KeptFile, queue_names
from tickets.cases.names import Names
from tickets.store import Store
from tickets.web.language import dictionaries
from tickets.web.pages.called import callers

STAFF = {"sari": "Sari Wulandari", "6001": "Sari Wulandari"}


@pytest.fixture
def names() -> Names:
    queues = KeptFile(Path("config/queues.yaml"), queue_names)
    store = Store("postgresql://nobody@127.0.0.1:1/none")  # which is not asked
    return Names(store, queues.now, lambda: {"main": {"id": "Menu utama", "en": "Main menu"}})


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("id", ("Umum", "Pengaduan (Inggris)", "pribadi: Sari Wulandari", "Menu utama", "sistem")),
        (
            "en",
            ("General", "Complaints (English)", "Sari Wulandari's own", "Main menu", "the system"),
        ),
    ],
)
def test_people_read_titles_and_names(names: Names, language: str, told: tuple[str, ...]) -> None:
    said = callers(dictionaries()[language], names, STAFF)
    assert told == (
        said["queue_title"]("umum"),
        said["queue_title"]("pengaduan-en"),
        said["queue_title"]("agent-6001"),
        said["step_title"]("main"),
        said["named"]("system"),
    )
    assert (said["named"]("sari"), said["named"]("6001")) == ("Sari Wulandari",) * 2


def test_what_nobody_named_is_told_as_it_is(names: Names) -> None:
    said = callers(dictionaries()["id"], names, STAFF)
    assert said["queue_title"]("gone") == "gone"
    assert said["queue_title"]("agent-6999") == "pribadi: 6999"
    assert said["step_title"]("an-older-step") == "an-older-step"
    assert said["named"]("6999") == "6999"
    assert [said[one](None) for one in ("queue_title", "step_title", "named")] == ["–"] * 3


def test_a_queue_file_that_breaks_leaves_the_names_that_there_were(tmp_path: Path) -> None:
    file = tmp_path / "queues.yaml"
    file.write_text(Path("config/queues.yaml").read_text())
    kept = KeptFile(file, queue_names)
    file.write_text("queues: nonsense")
    assert kept.now()["umum-en"].callers == "en"
    file.write_text(Path("config/queues.yaml").read_text().replace("id: Umum", "id: Bersama"))
    assert kept.now()["umum"].title["id"] == "Bersama"
