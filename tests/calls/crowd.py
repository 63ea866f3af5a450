"""Tests whose callers ring at the same time: a call lasts a minute, and the line takes many."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from tests.calls.callers import Caller
from tests.calls.hotline import OPEN
from tests.calls.ledger import Ledger

Test = Callable[[Caller, Ledger], Awaitable[None]]


class Crowd:
    """The tests of a module that share the line with those of other modules at the same time of
    day; each is its own test with its own verdict.

    crowd = Crowd()

    @crowd.joins
    async def test_…(caller: Caller, ledger: Ledger) -> None: …
    """

    def __init__(self, at: str = OPEN) -> None:
        self.at = at
        self.members: dict[str, Test] = {}

    def joins(self, test: Test) -> Callable[["Gathering"], Awaitable[None]]:
        """The test as pytest sees it: it waits for its part of the crowd."""
        name = getattr(test, "__name__", "")
        self.members[name] = test

        async def member(gathered: Gathering) -> None:
            await gathered.verdict(self, name)

        member.__name__, member.__doc__ = name, test.__doc__
        member.__module__ = test.__module__
        return member


class Gathering:
    """All selected tests of all crowds; those of one time of day ring when the first is asked."""

    def __init__(
        self, crowds: Collection[Crowd], selected: set[Test], caller: Caller, ledger: Ledger
    ) -> None:
        self._crowds = crowds
        self._selected = selected
        self._who = (caller, ledger)
        self._tasks: dict[Test, asyncio.Task[None]] = {}

    async def verdict(self, crowd: Crowd, name: str) -> None:
        """Wait for one test; raises what it raised."""
        test = crowd.members[name]
        if test not in self._tasks:
            self._start(crowd.at)
        await self._tasks[test]

    async def disperses(self) -> None:
        """Whoever still rings hangs up."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _start(self, at: str) -> None:
        for crowd in self._crowds:
            for test in crowd.members.values() if crowd.at == at else ():
                if test in self._selected:
                    self._tasks[test] = asyncio.create_task(_run(test, *self._who))


async def _run(test: Test, caller: Caller, ledger: Ledger) -> None:
    await test(caller, ledger)
