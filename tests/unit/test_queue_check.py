"""`saluran check` of the queues: beside the menu and the prompts."""

from pathlib import Path

import pytest

from config.settings import CHECKOUT, Settings
from scripts.check.queues import queues

QUEUES = (CHECKOUT / "config/queues.yaml").read_text(encoding="utf-8")
FLOW = (CHECKOUT / "config/flows/hotline.yaml").read_text(encoding="utf-8")


def told(folder: Path, of_queues: str = QUEUES, of_flow: str = FLOW) -> list[str]:
    """What is found, each with its remedy, without the folder."""
    (folder / "queues.yaml").write_text(of_queues)
    (folder / "hotline.yaml").write_text(of_flow)
    files = {"queues": folder / "queues.yaml", "flows": folder}
    settings = Settings.model_validate({"state": folder, "files": files})
    return [
        f"{finding.found} — {finding.remedy}".replace(f"{folder}/", "")
        for finding in queues(settings)
    ]


def test_queues_menu_and_prompts_of_the_checkout_fit(tmp_path: Path) -> None:
    assert told(tmp_path) == ["3 queues: umum, produsen, pengaduan — "]


def test_a_queue_that_the_menu_names_and_nobody_has_is_told_with_the_menus_line(
    tmp_path: Path,
) -> None:
    line = FLOW[: FLOW.index("queue: produsen")].count("\n") + 1
    (problem,) = told(tmp_path, of_flow=FLOW.replace("queue: produsen", "queue: produksi"))
    assert problem.startswith(f"hotline.yaml:{line}:12: there is no queue `produksi` — add it")


@pytest.mark.parametrize("categories", ["", "    categories: [KUR]\n"])
def test_a_queue_that_no_caller_can_come_to_is_told(tmp_path: Path, categories: str) -> None:
    more = "  lain:\n    title: {id: Lain, en: Other}\n" + categories
    text = QUEUES.replace("STOK, KUR,", "STOK,") + "\n" + more
    found = told(tmp_path, of_queues=text)
    line = text[: text.index("  lain:")].count("\n") + 1
    unreachable = [one for one in found if one.startswith(f"queues.yaml:{line}:3: no caller ever")]
    assert len(unreachable) == (0 if categories else 1)
