"""What happens at the door of a queue: which one, at which place, and what the caller is told."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from config import speech
from ivr.callback_order import position
from ivr.conversation import Conversation
from ivr.flow import Queue
from ivr.ids import new_id
from ivr.ports import DeskAway, Hours
from ivr.ports_queue import LastTalk, QueuePlace
from ivr.routing import Leg, Route, Wish, route

log = structlog.get_logger()

REMEMBERING = 0.7
"""Seconds that a caller may wait for what is remembered of them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A caller's, as those of others in the queue."""

    since: datetime
    priority: int


async def way(talk: Conversation, step: Queue) -> Route:
    """The queues of this caller, by what the step and the menu say and what is remembered."""
    session, side = talk.session, talk.world.queues
    calls, last = await _remembered(talk) if session.caller else (0, None)
    wish = Wish(
        queue=step.queue,
        category=session.fields.get("category", ""),
        language=session.language,
        wait=step.wait,
        calls_today=calls,
        last_talk=last,
    )
    now = talk.world.hours.now()
    return route(wish, side.queues(), side.policy, lambda queue: side.board.free(queue) > 0, now)


async def _remembered(talk: Conversation) -> tuple[int, LastTalk | None]:
    memory, phone = talk.world.queues.memory, talk.session.caller
    assert phone
    try:
        async with asyncio.timeout(REMEMBERING):
            return await memory.calls_today(phone), await memory.last_talk(phone)
    except (DeskAway, TimeoutError):
        # The caller waits as anybody does: without priority, and for whoever comes free.
        log.info("queues.not_remembered", call=str(talk.session.call))
        return 0, None


def told(talk: Conversation, leg: Leg) -> list[str]:
    """What the caller hears before the music; nothing if the queue is full and lets nobody in."""
    board, at = talk.world.queues.board, _position(talk, leg.queue)
    if leg.sticky or (at == 1 and board.free(leg.queue)):
        return ["connecting"]
    if len(board.waiting(leg.queue)) >= leg.rules.max_length:
        return []
    words = ["waiting"]
    if leg.rules.announce.position:
        words += ["queue-position", *speech.number(min(at, 999))]
    minutes = board.expected_minutes(leg.queue, at, leg.rules.wrap_up)
    if leg.rules.announce.wait and minutes:
        words += ["queue-wait", *speech.number(minutes)]
    return words


def place(talk: Conversation, leg: Leg, seconds: int) -> QueuePlace:
    """The place of a caller who waits there for so long, but not into the closed hours."""
    session = talk.session
    assert session.since
    assert session.entry
    recorded = f"{session.call.hex}_{session.entry.hex}_{new_id().hex}"
    return QueuePlace(
        queue=leg.queue,
        wait=open_seconds(talk.world.hours, seconds),
        entry=session.entry,
        since=session.since,
        priority=session.priority,
        position=_position(talk, leg.queue),
        talk=recorded if session.consent else "",
    )


def open_seconds(hours: Hours, most: int) -> int:
    """How many of the next `most` seconds the line is open, and one more if it closes in them.

    app_queue counts from the begun second, so that a wait may end nearly one too early; who waits
    until closing shall find the line closed. A break that ends before them is not seen: breaks are
    longer than waits.
    """
    now, low, high = hours.now(), 0, most
    if hours.closing(now + timedelta(seconds=most)) is None:
        return max(most, 1)
    while high - low > 1:
        middle = (low + high) // 2
        if hours.closing(now + timedelta(seconds=middle)) is None:
            low = middle
        else:
            high = middle
    return high + 1


def _position(talk: Conversation, queue: str) -> int:
    session = talk.session
    assert session.since
    waiting = talk.world.queues.board.waiting(queue)
    return position(waiting, Turn(session.since, session.priority))
