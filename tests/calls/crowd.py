"""Tests whose callers ring at the same time: a call lasts a minute, and the line takes many."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.calls.callers import Caller
from tests.calls.ledger import Ledger

Test = Callable[[Caller, Ledger], Awaitable[None]]
AT_ONCE = 24
"""Callers' tests in progress; two cores also have to listen to them."""


class Crowd:
    """The tests of a module that share one line: each is its own test with its own verdict.

    crowd = Crowd()

    @crowd.joins
    async def test_…(caller: Caller, ledger: Ledger) -> None: …
    """

    def __init__(self) -> None:
        self._members: dict[str, Test] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def joins(self, test: Test) -> Callable[["Crowd"], Awaitable[None]]:
        """The test as pytest sees it: it waits for its part of the crowd."""
        name = getattr(test, "__name__", "")
        self._members[name] = test

        async def member(gathered: Crowd) -> None:
            await gathered._tasks[name]

        member.__name__, member.__doc__ = name, test.__doc__
        member.__module__ = test.__module__
        return member

    @asynccontextmanager
    async def gathers(
        self, selected: set[str], caller: Caller, ledger: Ledger
    ) -> AsyncIterator["Crowd"]:
        """All selected members ring; whoever still does at the end is hung up."""
        room = asyncio.Semaphore(AT_ONCE)
        for name, test in self._members.items():
            if name in selected:
                self._tasks[name] = asyncio.create_task(_within(room, test, caller, ledger))
        try:
            yield self
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)


async def _within(room: asyncio.Semaphore, test: Test, caller: Caller, ledger: Ledger) -> None:
    async with room:
        await test(caller, ledger)
