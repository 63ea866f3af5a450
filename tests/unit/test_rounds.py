"""What an error of ours ends, begins anew."""

import asyncio

import pytest

from scripts import rounds


async def test_work_that_fails_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "AGAIN", 0)
    begun, lasts = [], asyncio.Event()

    async def work() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise RuntimeError("an error of ours")
        lasts.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(rounds.for_ever(work))
    await asyncio.wait_for(lasts.wait(), 5)
    assert len(begun) == 2
    running.cancel()
