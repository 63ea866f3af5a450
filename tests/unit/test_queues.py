"""The queues' file: what it means, and every mistake with its place and remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.documents import ConfigError
from config.queues import Queues, agent_queue, load_queues
from config.settings import CHECKOUT
from config.settings_groups import WORKING_DAYS

OURS = load_queues(CHECKOUT / "config/queues.yaml")

GOOD = """\
default: umum
queues:
  umum:
    title: {id: Umum, en: General}
    languages: [id, en]
  produsen:
    title: {id: Produsen, en: Producers}
    languages: [en, id]
    categories: [GANTI, STOK]
    overflow: {to: umum, after: 60}
"""


def made(folder: Path, text: str = GOOD) -> Queues:
    (folder / "queues.yaml").write_text(text)
    return load_queues(folder / "queues.yaml")


def refused(folder: Path, text: str) -> list[str]:
    """The problems, without the folder."""
    with pytest.raises(ConfigError) as caught:
        made(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_the_queues_of_the_checkout_are_good() -> None:
    assert list(OURS) == ["umum", "produsen", "pengaduan"]
    assert {OURS.of_category(category) for category in WORKING_DAYS} == set(OURS)


def test_a_category_that_no_queue_claims_belongs_to_the_default(tmp_path: Path) -> None:
    queues = made(tmp_path)
    assert queues.of_category("GANTI") == "produsen"
    assert queues.of_category("UMUM") == "umum"


def test_the_second_language_has_a_twin_and_an_unspoken_one_is_served_all_the_same(
    tmp_path: Path,
) -> None:
    queues = made(tmp_path, GOOD.replace("languages: [id, en]", "languages: [id]"))
    assert queues.on_pbx("umum", "id") == queues.on_pbx("umum", "en") == "umum"
    assert queues.on_pbx("produsen", "en") == "produsen"
    assert queues.on_pbx("produsen", "id") == "produsen-id"


@given(st.sampled_from(list(OURS)), st.sampled_from(["id", "en"]))
def test_the_pbx_name_leads_back_to_the_queue(name: str, language: str) -> None:
    assert OURS.named(OURS.on_pbx(name, language)) == name


def test_an_agents_own_queue_is_none_of_the_files() -> None:
    assert OURS.named(agent_queue("6001")) is None


def test_an_unknown_overflow_queue_is_told_with_its_place(tmp_path: Path) -> None:
    assert refused(tmp_path, GOOD.replace("to: umum", "to: umun")) == [
        "queues.yaml:10:20: there is no queue `umun` — name one of these: umum, produsen"
    ]


def test_a_circle_of_overflows_is_told_at_each_of_its_queues(tmp_path: Path) -> None:
    circle = GOOD.replace(
        "languages: [id, en]", "languages: [id, en]\n    overflow: {to: produsen, after: 9}"
    )
    problems = refused(tmp_path, circle)
    assert [problem.partition(" ")[0] for problem in problems] == [
        "queues.yaml:6:20:",
        "queues.yaml:11:20:",
    ]
    assert "callers would go round: umum → produsen → umum" in problems[0]


def test_a_queue_that_overflows_to_itself_is_a_circle(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, GOOD.replace("to: umum", "to: produsen"))
    assert "callers would go round: produsen → produsen" in problem


def test_a_queue_that_leads_into_a_circle_is_not_blamed_for_it(tmp_path: Path) -> None:
    text = GOOD.replace("to: umum, after: 60", "to: umum, after: 60").replace(
        "languages: [id, en]", "languages: [id, en]\n    overflow: {to: umum, after: 9}"
    )
    assert [problem[:16] for problem in refused(tmp_path, text)] == ["queues.yaml:6:20"]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("default: umum", "default: lain", "1:10: there is no queue `lain`"),
        ("after: 60", "after: 600", "10:33: callers leave after 600 s (`max_wait`), before"),
        ("after: 60", "after: 0", "10:33: `after`: input should be greater than or equal to 1"),
        (
            "languages: [id, en]",
            "max_wait: -5",
            "5:15: `max_wait`: input should be greater than or equal to 1",
        ),
        ("languages: [id, en]", "strategy: linear", "5:15: `strategy`: input should be 'rrm"),
        ("languages: [id, en]", "strategi: random", "5:5: `strategi` is not known here"),
        ("languages: [id, en]", "languages: []", "5:16: a queue speaks each of its languages"),
        ("languages: [id, en]", "languages: [id, id]", "5:16: a queue speaks each"),
        ("languages: [id, en]", "languages: [id, jv]", "5:21: "),
        ("languages: [id, en]", "nobody: overflow", "5:13: there is no overflow queue"),
        ("languages: [id, en]", "nobody: silence", "5:13: "),
        ("languages: [id, en]", "categories: [STOK]", "9:25: `umum` has the category STOK already"),
        ("languages: [id, en]", "music: ../../etc", "5:12: "),
        ("  produsen:", "  umum:", "6:3: `umum` stands here twice, first in line 3"),
        ("  produsen:", "  general:", "6:3: `general` is a section of the PBX's own"),
        ("  produsen:", "  umum-en:", "6:3: `umum-en` looks like a queue that is made"),
        ("  produsen:", "  agent-6001:", "6:3: `agent-6001` looks like a queue that is made"),
        ("  produsen:", "  'a]\\n[b':", "6:3: "),
        ("    title: {id: Umum, en: General}\n", "", "4:5: `title` is missing"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, was: str, becomes: str, told: str
) -> None:
    assert was in GOOD
    problems = refused(tmp_path, GOOD.replace(was, becomes, 1))
    assert problems[0].startswith(f"queues.yaml:{told}"), problems
    assert all(" — " in problem for problem in problems)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("default: umum", "default: x").replace("to: umum", "to: y")
    assert len(refused(tmp_path, text)) == 2


def test_a_file_without_queues_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "default: umum\nqueues: {}\n")
    assert problem.startswith("queues.yaml:2:9: ")
