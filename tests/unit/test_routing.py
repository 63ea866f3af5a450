"""Which queues a caller waits in, with which priority, and for how long."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.queues import Queues, load_queues
from config.settings import CHECKOUT
from config.settings_groups import Waiting
from ivr.ports_queue import LastTalk
from ivr.routing import BY_CATEGORY, Leg, Wish, route

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
QUEUES = load_queues(CHECKOUT / "config/queues.yaml")
CHAIN = """
default: umum
queues:
  umum:
    title: {id: Umum, en: General}
    max_wait: 900
  ahli:
    title: {id: Ahli, en: Experts}
    max_wait: 900
    overflow: {to: lain, after: 60}
  lain:
    title: {id: Lain, en: Others}
    overflow: {to: umum, after: 100}
"""


def way(queue: str = "umum", *, queues: Queues = QUEUES, free: bool = True, **known: object):  # type: ignore[no-untyped-def]
    wish = Wish(**{"queue": queue, "category": "", "language": "id", "wait": 600, **known})  # type: ignore[arg-type]
    return route(wish, queues, Waiting(), lambda _: free, NOW)


def names(legs: tuple[Leg, ...]) -> list[tuple[str, int]]:
    return [(leg.queue, leg.wait) for leg in legs]


def test_a_queue_overflows_after_its_time_and_the_time_waited_counts() -> None:
    assert names(way("pengaduan").legs) == [("pengaduan", 180), ("umum", 420)]


def test_the_step_may_wait_less_than_the_queue_would() -> None:
    assert names(way("pengaduan", wait=200).legs) == [("pengaduan", 180), ("umum", 20)]
    assert names(way("pengaduan", wait=100).legs) == [("pengaduan", 100)]


def test_another_language_waits_in_the_twin() -> None:
    assert names(way("pengaduan", language="en").legs) == [("pengaduan-en", 180), ("umum-en", 420)]


@pytest.mark.parametrize(
    ("category", "queue"),
    [("GANTI", "produsen"), ("DARING", "pengaduan"), ("INFO", "umum"), ("", "umum")],
)
def test_the_category_chooses_the_queue_where_the_menu_leaves_it_open(
    category: str, queue: str
) -> None:
    assert way(BY_CATEGORY, category=category).legs[0].queue == queue


@pytest.mark.parametrize(("calls", "priority"), [(0, 0), (1, 0), (2, 1), (9, 1)])
def test_who_calls_again_on_the_same_day_goes_first(calls: int, priority: int) -> None:
    assert way(calls_today=calls).priority == priority


def test_the_agent_of_the_last_talk_is_tried_first_if_free() -> None:
    talk = LastTalk("6002", NOW - timedelta(days=3))
    assert names(way(last_talk=talk).legs) == [("agent-6002", 20), ("umum", 600)]
    assert names(way(last_talk=talk, free=False).legs) == [("umum", 600)]


def test_a_talk_of_long_ago_binds_nobody() -> None:
    assert names(way(last_talk=LastTalk("6002", NOW - timedelta(days=8))).legs) == [("umum", 600)]


def test_one_overflow_follows_the_other(tmp_path: Path) -> None:
    (tmp_path / "queues.yaml").write_text(CHAIN)
    queues = load_queues(tmp_path / "queues.yaml")
    assert names(way("ahli", queues=queues).legs) == [("ahli", 60), ("lain", 40), ("umum", 500)]


@given(
    queue=st.sampled_from([*QUEUES, BY_CATEGORY]),
    category=st.sampled_from(["", "GANTI", "DARING", "INFO"]),
    wait=st.integers(1, 7200),
    language=st.sampled_from(["id", "en"]),
)
def test_all_queues_together_last_as_long_as_the_caller_may_wait(
    queue: str, category: str, wait: int, language: str
) -> None:
    made = way(queue, category=category, wait=wait, language=language)
    assert sum(leg.wait for leg in made.legs) == made.left <= wait
    assert all(leg.wait > 0 for leg in made.legs)
    assert len({leg.queue for leg in made.legs}) == len(made.legs)


def test_a_queue_that_the_file_no_longer_has_leads_to_the_default_one() -> None:
    assert names(way("gone").legs) == [("umum", 600)]
