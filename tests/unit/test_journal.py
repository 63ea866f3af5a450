import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from ivr.facts import StepTaken
from ivr.ids import new_id
from ivr.journal import Journal, NotKept
from ivr.ports import DeskAway
from ivr.spool import Spool
from tests.disk import no_room_after

CALL = UUID(int=7)


class Sink:
    """Somewhere that facts go, or not: the journal's order is what is tested here."""

    def __init__(self) -> None:
        self.away = False
        self.seen: list[int] = []

    async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
        if self.away:
            raise DeskAway("gone for lunch")
        self.seen += [fact["seq"] for fact in facts]


def step(seq: int) -> StepTaken:
    return StepTaken(
        id=new_id(), call=CALL, at=datetime.now(UTC), seq=seq, step="main", event="key"
    )


@asynccontextmanager
async def running(journal: Journal) -> AsyncIterator[Journal]:
    task = asyncio.create_task(journal.run())
    try:
        yield journal
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_empty(journal: Journal) -> None:
    async with asyncio.timeout(20):
        while journal.depth:
            await journal.flush()


async def test_facts_reach_the_desk_in_order(tmp_path: Path) -> None:
    sink = Sink()
    async with running(Journal(sink, Spool(tmp_path))) as journal:
        for n in range(1200):
            journal.tell(step(n))
        await journal.keep(step(1200))
    assert sink.seen == list(range(1201))


async def test_what_is_told_while_the_desk_is_away_comes_in_order_and_once(tmp_path: Path) -> None:
    sink = Sink()
    journal = Journal(sink, Spool(tmp_path))
    async with running(journal):
        await journal.keep(step(0))
        sink.away = True
        await journal.keep(step(1))
        await journal.keep(step(2))
        assert (journal.away, journal.depth) == (True, 2)
        sink.away = False
        await journal.keep(step(3))
    await until_empty(journal)
    assert sink.seen == [0, 1, 2, 3]


async def test_a_kept_fact_survives_the_service(tmp_path: Path) -> None:
    sink = Sink()
    sink.away = True
    async with running(Journal(sink, Spool(tmp_path))) as journal:
        await journal.keep(step(0))
    sink.away = False
    await until_empty(Journal(sink, Spool(tmp_path)))
    assert sink.seen == [0]


async def test_a_desk_that_hangs_keeps_no_caller_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.journal.PATIENCE", 0.05)

    class Hanging:
        async def apply(self, facts: Sequence[Mapping[str, Any]]) -> None:
            await asyncio.Event().wait()

    async with running(Journal(Hanging(), Spool(tmp_path))) as journal:
        async with asyncio.timeout(5):
            await journal.keep(step(0))
        assert journal.depth == 1


async def test_without_desk_and_disk_nothing_is_claimed_to_be_kept(tmp_path: Path) -> None:
    sink = Sink()
    sink.away = True
    async with running(Journal(sink, Spool(tmp_path))) as journal:
        with capture_logs(), no_room_after(10), pytest.raises(NotKept):
            await journal.keep(step(0))
    # It was not forgotten, though nobody may count on it.
    sink.away = False
    await until_empty(journal)
    assert sink.seen == [0]
