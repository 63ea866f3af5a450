"""The steps in which the line gives its word: the promise of a call, and a message kept."""

import asyncio
from datetime import datetime

import structlog

from config import speech
from ivr.asking import SILENCE
from ivr.conversation import Conversation, call_back, request
from ivr.flow import Message, Promise
from ivr.ids import new_id
from ivr.journal import NotKept
from ivr.ports import DeskAway, LiveCallback
from ivr.session import Outcome

log = structlog.get_logger()

ASKING = 1.0
"""Seconds that the caller may wait for the desk's word whether a request lives already."""
TAKES = 3
"""How often a message is recorded again before the last one is kept."""


async def promise(talk: Conversation, step: Promise) -> str:
    """Open the ticket and promise the call; only what is durable is told.

    A number has one live request: asking again moves or confirms it.
    """
    session = talk.session
    if session.kept:
        await _tell(talk)
        return step.then
    session.requesting = True
    live = await _live(talk) if session.ticket is None else None
    if live:
        await _confirm(talk, live)
    else:
        facts = request(session, talk.world)
        talk.note("promising")
        await talk.world.teller.keep(*facts)
        _kept(talk)
    await _tell(talk)
    return step.then


async def message(talk: Conversation, step: Message) -> str:
    """Record a voice message, let the caller hear, repeat or discard it, and keep it."""
    session, line = talk.session, talk.line
    if session.ticket is None:
        await talk.world.teller.keep(*request(session, talk.world))
        _kept(talk)
    assert session.ticket is not None
    await talk.say("message-record")
    for take in range(TAKES):
        name = f"{session.call.hex}_{session.ticket.hex}_{new_id().hex}"
        recorded = await line.record(name, step.seconds, step.silence)
        talk.note("recorded", recorded.end)
        if recorded.end == "failed":
            await talk.say("message-failed")
            return step.then
        key = await _review(talk, name)
        if key == "4":
            await talk.world.messages.discard(name)
            await talk.say("message-discarded")
            return step.then
        if key == "3" and take < TAKES - 1:
            await talk.world.messages.discard(name)
            await talk.say("message-record")
            continue
        return await _store(talk, step, name)
    return step.then


async def _review(talk: Conversation, name: str) -> str:
    """`1` keep, `3` again, `4` discard; silence keeps."""
    while True:
        key = await talk.ask(["message-review"], SILENCE)
        talk.note("key" if key else "silence", key or "")
        if key == "2":
            await talk.line.replay(name)
        elif key in (None, "1", "3", "4"):
            return key or "1"


async def _store(talk: Conversation, step: Message, name: str) -> str:
    try:
        said = await talk.world.messages.keep(name)
    except (OSError, NotKept) as error:
        log.error("message.not_stored", reason=str(error), remedy="it waits on the PBX")
        said = True
    await talk.say("message-kept" if said else "message-empty")
    return step.then


async def _live(talk: Conversation) -> LiveCallback | None:
    if talk.session.phone is None:
        return None
    try:
        async with asyncio.timeout(ASKING):
            return (await talk.world.desk.person(talk.session.phone)).live_callback
    except (DeskAway, TimeoutError):
        # Treated as new; when the facts are replayed the desk finds the live one and moves it.
        return None


async def _confirm(talk: Conversation, live: LiveCallback) -> None:
    session = talk.session
    assert session.phone is not None
    # A time that the person chose and that is still to come stays, until they choose another.
    if live.slot and live.slot > talk.world.hours.now():
        session.slot = live.slot
    await talk.world.teller.keep(
        call_back(session, talk.world, session.phone, live.id, live.ticket, session.slot)
    )
    session.ticket = live.ticket
    _kept(talk)


def _kept(talk: Conversation) -> None:
    session = talk.session
    session.kept, session.requesting = True, False
    session.outcome = Outcome.PROMISE
    talk.note("promised")


async def _tell(talk: Conversation) -> None:
    session = talk.session
    assert session.ticket is not None
    if session.callback is None:
        told = when(talk, session.slot) if session.own_promise else []
        await talk.say("promise-known", *told)
        return
    if session.phone:
        await talk.say(*when(talk, session.slot))
    if session.number is None:
        await talk.say("promise-kept-anyway")
        return
    if session.phone is None:
        await talk.say("promise-no-number")
    pin = talk.world.pins.of(session.ticket)
    told = ["ticket-number", *speech.digits(session.number), "ticket-pin", *speech.digits(pin)]
    await talk.say(*told, "ticket-again", *told)


def when(talk: Conversation, slot: datetime | None) -> list[str]:
    """When we call: at the slot that was chosen, else as soon as the line is open."""
    hours = talk.world.hours
    now = hours.now()
    at = slot or (hours.next_opening(now) if hours.closing(now) else None)
    if at is None:
        return ["promise-soon"]
    return ["promise-call", *speech.moment(at, talk.session.language)]
