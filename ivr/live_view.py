"""Who works, who waits and whose phone rings: one picture, sent on whenever it changes.

Without names and numbers: those are rows, and whoever shows them asks there who may see them.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import structlog

from config.queues import AGENT_PREFIX
from ivr.agent_desk import AgentDesk
from ivr.ami import Ami
from ivr.queue_board import QueueBoard
from ivr.ringing import Ringing
from ivr.seen import Waiting
from ivr.stays import Stay

log = structlog.get_logger()

SETTLED = 0.05
"""Seconds after an event until the picture is drawn: what comes together is one change."""
APART = 0.3
"""Seconds from one picture to the next at least: each has every page read its parts anew."""
LOOK_EVERY = 1.0
"""Seconds between two looks when no event has told of a change."""

Picture = Mapping[str, Any]


class LiveView:
    """Run it with `run`; `follow` it from any number of places."""

    def __init__(self, ami: Ami, desk: AgentDesk, board: QueueBoard, ringing: Ringing) -> None:
        self._ami, self._desk, self._board, self._ringing = ami, desk, board, ringing
        self._stirred = asyncio.Event()
        self._changed = asyncio.Condition()
        self._count = 0
        self._last: Picture = {}
        ringing.on_change.append(self._stirred.set)
        desk.presence.on_change.append(lambda _: self._stirred.set())
        for name in ("QueueCallerJoin", "QueueCallerLeave", "AgentConnect", "AgentComplete"):
            ami.on_event(name, lambda _: self._stirred.set())

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._stirred.wait()
                await asyncio.sleep(SETTLED)
            except TimeoutError:
                pass
            self._stirred.clear()
            if await self._draw():
                await asyncio.sleep(APART)

    async def follow(self) -> AsyncIterator[Picture]:
        """The picture as it is, and then whenever it has changed; nothing when it has not for
        `LOOK_EVERY` seconds is told as an empty one."""
        seen = -1
        while True:
            async with self._changed:
                if seen == self._count:
                    try:
                        async with asyncio.timeout(LOOK_EVERY):
                            await self._changed.wait()
                    except TimeoutError:
                        pass
                now, last = self._count, self._last
            yield {} if now == seen else last
            seen = now

    def picture(self) -> Picture:
        """As of this moment. Only `away` is in it while nothing certain is known."""
        if not self._ami.connected or not self._board.sure:
            return {"away": "the PBX cannot be reached: what its queues do is not known"}
        stays = {one.uniqueid: one.stay for one in self._board.everyone()}
        rings = {
            ring.agent: _told(stays.get(ring.uniqueid), ring.queue, ring.since)
            for ring in self._ringing.all()
        }
        talks = {
            talk.agent: _told(talk.stay, talk.stay.queue, talk.began)
            for talk in self._board.talks()
        }
        return {
            "agents": [
                dict(one) | {"ringing": rings.get(one["agent"]), "talk": talks.get(one["agent"])}
                for one in self._desk.states()
            ],
            "queues": [self._queue(name) for name in self._names()],
            "waiting": [_waits(one) for one in self._board.everyone()],
        }

    def _names(self) -> list[str]:
        queues = self._desk.presence.queues
        known = [
            queues.on_pbx(name, language)
            for name, queue in queues.items()
            for language in queue.languages
        ]
        others = {one.stay.queue for one in self._board.everyone()} - set(known)
        return known + sorted(name for name in others if not name.startswith(AGENT_PREFIX))

    def _queue(self, name: str) -> Picture:
        board = self._board
        waiting = board.waiting(name)
        since = min((one.since for one in waiting), default=None)
        return {
            "queue": name,
            "waiting": len(waiting),
            "longest_since": since and since.isoformat(),
            "reachable": board.reachable(name),
            "serving": board.serving(name),
            "free": board.free(name),
        }

    async def _draw(self) -> bool:
        """Whether there is another one."""
        try:
            now = self.picture()
        except Exception:
            # A picture that cannot be drawn is not known; the line goes on without it.
            log.exception("live.not_drawn")
            now = {"away": "the service could not tell: see its log"}
        if now == self._last:
            return False
        async with self._changed:
            self._last, self._count = now, self._count + 1
            self._changed.notify_all()
        return True


def _told(stay: Stay | None, queue: str, since: datetime) -> Picture:
    return {
        "entry": stay and str(stay.entry),
        "call": str(stay.call) if stay and not stay.callback else None,
        "callback": str(stay.callback) if stay and stay.callback else None,
        "queue": queue,
        "since": since.isoformat(),
    }


def _waits(one: Waiting) -> Picture:
    return {**_told(one.stay, one.stay.queue, one.since), "priority": one.priority}
