"""The step that asks for the number to call back."""

from config import phones, speech
from ivr.conversation import Conversation
from ivr.flow import Number

SILENCE = 5.0
"""Seconds without a key that end an answer where the flow does not say it."""
PHONE_KEYS = 16
"""E.164 has at most 15 digits; one more tells a longer number from a right one."""
WITHOUT = "*"
"""Keyed instead of a number: the caller goes on without one."""


async def number(talk: Conversation, step: Number) -> str:
    """Settle which number we call back: read it back until the caller agrees.

    A caller who stays silent is called on the number they called from: their keys may not work.
    """
    session = talk.session
    session.requesting = True
    phone, left = session.caller, step.tries
    while left:
        if phone is None:
            keyed = await talk.line.digits(["number-enter"], PHONE_KEYS, SILENCE)
            if keyed == WITHOUT:
                talk.note("withheld")
                return step.otherwise
            phone = phones.callable_from_keys(keyed) if keyed else None
            if phone is None:
                left -= 1
                talk.note("invalid" if keyed else "silence")
                await talk.say("number-wrong" if keyed else "silence")
                continue
        key = await talk.ask(_read_back(phone), SILENCE)
        if key == "1":
            session.phone = phone
            talk.note("confirmed", phones.masked(phone))
            return step.then
        left -= 1
        talk.note("rejected" if key == "2" else "invalid" if key else "silence", key or "")
        if key == "2":
            phone = None
    session.phone = session.caller
    talk.note("assumed" if session.phone else "withheld")
    return step.then if session.phone else step.otherwise


def _read_back(phone: str) -> list[str]:
    return ["number-we-call", *speech.digits(phones.national(phone)), "number-right"]
