"""How a wait ends: with an agent, at closing, or because the caller hung up."""

from collections.abc import Awaitable
from typing import TypeVar

from ivr import promising, rating
from ivr.conversation import Conversation
from ivr.errors import CallerHungUp
from ivr.flow import Promise, Queue
from ivr.session import Outcome

Heard = TypeVar("Heard")


async def heard_out(talk: Conversation, stay: Awaitable[Heard]) -> Heard:
    """Wait for a stay's end. A caller who hangs up may have spoken with an agent before."""
    try:
        return await stay
    except CallerHungUp:
        board, entry = talk.world.queues.board, talk.session.entry
        await board.caught_up()
        if entry and board.agent_of(entry):
            _spoke(talk)
        raise


async def served(talk: Conversation) -> str:
    """The agent hung up first; the caller is still there."""
    side, entry = talk.world.queues, talk.session.entry
    assert entry
    await side.board.caught_up()
    side.board.came_back(entry)
    agent = side.board.agent_of(entry)
    talk.session.entry = None
    _spoke(talk)
    talk.note("agent", agent or "")
    if side.policy.rating and agent:
        await rating.ask(talk, agent)
    return ""


def closed(talk: Conversation) -> bool:
    hours = talk.world.hours
    return hours.closing(hours.now()) is not None


async def sent_home(talk: Conversation, step: Queue) -> str:
    """The line has closed: a call at the next opening, and when that is. Who hides their number is
    asked for one."""
    session = talk.session
    session.entry = None
    talk.note("closed")
    session.phone = session.phone or session.caller
    await talk.say("queue-closed")
    if session.phone is None:
        return step.callback
    await promising.promise(talk, Promise(then=""))
    await talk.say("goodbye")
    return ""


def _spoke(talk: Conversation) -> None:
    talk.session.requesting = False
    talk.session.outcome = Outcome.AGENT
