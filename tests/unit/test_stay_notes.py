"""What the PBX noted of a stay becomes the facts of it, however far it came."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ivr.facts_queue import AgentAnswered, QueueJoined, QueueLeft, TalkEnded
from ivr.stay_notes import StayNotes, read, told

ENTRY = UUID("01a20c4d-8236-721d-a43e-c73213864023")
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
AT = int(NOW.timestamp())


def noted(folder: Path, *lines: str) -> Path:
    path = folder / f"pbx1-1795502755.4_{ENTRY}.txt"
    path.write_text("".join(f"{AT + nth * 10} {line}\n" for nth, line in enumerate(lines)))
    return path


@pytest.mark.parametrize(
    ("lines", "how"),
    [
        (["queue=umum|", "left=TIMEOUT|", "end=1|"], "timeout"),
        (["queue=umum|", "left=CALLBACK|"], "key"),
        (["queue=umum|", "left=WITHDRAW|", "why=closed|", "end=1|"], "closed"),
        (["queue=umum|", "left=WITHDRAW|"], "closed"),
        (["queue=umum|", "left=WITHDRAW|", "why=move|", "end=1|"], "moved"),
        (["queue=umum|", "left=WITHDRAW|", "why=take|", "end=1|"], "taken"),
        (["queue=umum|", "end=1|"], "abandoned"),
        (["queue=umum|"], "lost"),
        (["queue=umum|", "left=TIM"], "lost"),
        ([], "lost"),
    ],
)
def test_an_unanswered_stay_ends_as_it_was_noted(
    tmp_path: Path, lines: list[str], how: str
) -> None:
    (left,) = told("pbx1", read(noted(tmp_path, *lines)), NOW)
    assert isinstance(left, QueueLeft)
    assert (left.entry, left.how) == (ENTRY, how)


def test_who_came_in_as_the_service_was_killed_is_known_with_their_time(tmp_path: Path) -> None:
    lines = ("queue=umum|", f"since={AT - 30}.250|", "priority=2|", "position=3|", "left=CALLBACK|")
    joined, left = told("pbx1", read(noted(tmp_path, *lines)), NOW)
    assert isinstance(joined, QueueJoined)
    assert (joined.entry, joined.queue, joined.priority, joined.position) == (ENTRY, "umum", 2, 3)
    assert joined.since == NOW - timedelta(seconds=29.75)
    assert joined.at == NOW + timedelta(seconds=1)
    assert isinstance(left, QueueLeft)


@pytest.mark.parametrize(
    ("lines", "by", "talked"),
    [
        (["left=CONTINUE|", "end=1|"], "agent", 10.0),
        (["left=TRANSFER|", "why=transfer|", "end=1|"], "transfer", 10.0),
        (["end=1|"], "caller", 10.0),
        ([], "unknown", 80.0),
    ],
)
def test_an_answered_stay_tells_the_agent_and_the_talk(
    tmp_path: Path, lines: list[str], by: str, talked: float
) -> None:
    path = noted(tmp_path, "queue=umum|", "agent=6001|", *lines)
    later = datetime.fromtimestamp(AT + 90, UTC)
    left, answered, ended = told("pbx1", read(path), later)
    assert isinstance(left, QueueLeft)
    assert isinstance(answered, AgentAnswered)
    assert isinstance(ended, TalkEnded)
    assert (left.how, answered.agent, answered.waited) == ("answered", "6001", 10.0)
    assert (ended.ended_by, ended.talked) == (by, talked)


async def test_stays_of_living_calls_are_left_alone_and_others_told_once(tmp_path: Path) -> None:
    kept: list[object] = []

    class Teller:
        def tell(self, *facts: object) -> None:
            kept.extend(facts)

        async def keep(self, *facts: object) -> None:
            kept.extend(facts)

    living = {"pbx1-1795502755.4"}

    async def alive() -> set[str]:
        return living

    noted(tmp_path, "queue=umum|", "end=1|")
    (tmp_path / "none-of-ours.txt").write_text("x")
    notes = StayNotes(tmp_path, "pbx1", Teller(), lambda: NOW)
    await notes.take_in(alive)
    assert kept == []
    living.clear()
    await notes.take_in(alive)
    await notes.take_in(alive)
    assert [getattr(fact, "how", None) for fact in kept] == ["abandoned"]


def test_a_call_seen_to_its_end_leaves_no_notes(tmp_path: Path) -> None:
    path = noted(tmp_path, "queue=umum|")
    other = tmp_path / f"pbx1-1795502755.41_{ENTRY}.txt"
    other.write_text("1 queue=umum|\n")
    StayNotes(tmp_path, "pbx1", None, lambda: NOW).forget("pbx1-1795502755.4")  # type: ignore[arg-type]
    assert not path.exists()
    assert other.exists()
