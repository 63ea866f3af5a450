"""How satisfied a caller is, asked after the talk. Answering is free: silence is no answer."""

from ivr.conversation import Conversation
from ivr.facts_queue import CallRated
from ivr.ids import new_id

SILENCE = 5.0
"""Seconds for a key."""
SCORES = "12345"


async def ask(talk: Conversation, agent: str) -> None:
    key = await talk.ask(["rating-ask"], SILENCE)
    if key is None or key not in SCORES:
        talk.note("silence" if key is None else "invalid")
        return
    talk.note("rated", key)
    rated = CallRated(
        id=new_id(),
        call=talk.session.call,
        at=talk.world.hours.now(),
        agent=agent,
        score=int(key),
    )
    talk.world.teller.tell(rated)
    await talk.say("rating-thanks")
