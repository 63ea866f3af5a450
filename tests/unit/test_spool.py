import json
from pathlib import Path

import pytest

from ivr import spool
from ivr.spool import Spool
from tests.disk import no_room_after


def facts(count: int, start: int = 0) -> list[dict[str, int]]:
    return [{"n": n} for n in range(start, start + count)]


def replayed(waiting: Spool) -> list[int]:
    """Everything in the order in which it comes back, as done."""
    order = []
    while oldest := waiting.oldest():
        segment, found = oldest
        order += [fact["n"] for fact in found]
        waiting.done(segment)
    return order


def test_facts_come_back_in_order_over_segments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SEGMENT_FACTS", 10)
    waiting = Spool(tmp_path)
    for start in range(0, 40, 4):
        waiting.append(facts(4, start))
    assert waiting.depth == 40
    assert replayed(waiting) == list(range(40))
    assert waiting.depth == 0
    assert list(tmp_path.iterdir()) == []


def test_another_life_of_the_service_finds_what_waits(tmp_path: Path) -> None:
    Spool(tmp_path).append(facts(3))
    later = Spool(tmp_path)
    assert later.depth == 3
    later.append(facts(2, 3))
    assert replayed(later) == [0, 1, 2, 3, 4]


def test_a_segment_that_is_replayed_gets_nothing_new(tmp_path: Path) -> None:
    waiting = Spool(tmp_path)
    waiting.append(facts(2))
    segment, _ = waiting.oldest() or pytest.fail("nothing waits")
    waiting.append(facts(2, 2))
    waiting.done(segment)
    assert waiting.depth == 2
    assert replayed(waiting) == [2, 3]


def test_a_line_that_a_crash_cut_short_is_passed_over(tmp_path: Path) -> None:
    Spool(tmp_path).append(facts(2))
    only = next(tmp_path.iterdir())
    only.write_bytes(only.read_bytes() + b'{"n": 2')
    assert replayed(Spool(tmp_path)) == [0, 1]


def test_a_damaged_line_does_not_block_the_others(tmp_path: Path) -> None:
    Spool(tmp_path).append(facts(3))
    only = next(tmp_path.iterdir())
    lines = only.read_bytes().splitlines(keepends=True)
    only.write_bytes(lines[0] + b"\x00\x00garbage\n" + lines[2])
    assert replayed(Spool(tmp_path)) == [0, 2]


def test_a_full_disk_is_told_and_leaves_no_half_batch(tmp_path: Path) -> None:
    waiting = Spool(tmp_path)
    waiting.append(facts(1))
    path = next(tmp_path.iterdir())
    with no_room_after(path.stat().st_size + 3), pytest.raises(OSError, match="too large"):
        waiting.append(facts(1, 1))
    assert [json.loads(line)["n"] for line in path.read_bytes().splitlines()] == [0]
    waiting.append(facts(1, 1))
    assert replayed(waiting) == [0, 1]
