"""At closing nobody is left waiting: each caller's own call promises the next opening.

Nothing is remembered from one look to the next, so that a restart in the middle loses nobody; and
the PBX ends each wait at the closing by itself if the service is away just then.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from ivr.ami import Ami, AmiError, AmiRefused
from ivr.ports import Hours
from ivr.seen import Waiting

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two looks."""


class Board(Protocol):
    def everyone(self) -> Sequence[Waiting]:
        """All who wait, who is served first before the others."""


class Sweep:
    def __init__(self, ami: Ami, board: Board, hours: Hours) -> None:
        self._ami, self._board, self._hours = ami, board, hours

    async def run(self) -> None:
        """Look until cancelled. Never ends by an error."""
        while True:
            if self._hours.closing(self._hours.now()):
                try:
                    await self.sweep()
                except AmiError as error:
                    log.info("sweep.cut", reason=str(error))
            await asyncio.sleep(EVERY)

    async def sweep(self) -> None:
        """Take the callers out in order; callbacks' placeholders are the dialler's.

        Whose agent's phone rings just now is taken out when it stops, unless that agent answers.
        """
        for one in self._board.everyone():
            if one.stay.callback is None and one.stay.ours:
                await self._take_out(one)

    async def _take_out(self, one: Waiting) -> None:
        try:
            await self._ami.ask(
                "QueueWithdrawCaller",
                Queue=one.stay.queue,
                Caller=one.channel,
                WithdrawInfo="closed",
            )
        except AmiRefused:
            return  # Out already, or on the way.
        log.info("sweep.taken_out", call=str(one.stay.call), queue=one.stay.queue)
