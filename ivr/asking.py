"""The steps that ask for digits: the number to call back, and a ticket's number and PIN."""

from config import phones, speech
from ivr.conversation import Conversation
from ivr.flow import Enquiry, Number
from ivr.ports import DeskAway, TicketState
from ivr.session import Outcome

SILENCE = 5.0
"""Seconds without a key that end an answer where the flow does not say it."""
PHONE_KEYS = 16
"""E.164 has at most 15 digits; one more tells a longer number from a right one."""
TICKET_KEYS = 12
PIN_KEYS = 5
"""A PIN has four; the fifth leaves room for the `#`."""
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


async def enquiry(talk: Conversation, step: Enquiry) -> str:
    """Tell how a ticket stands to a caller who has its number and PIN."""
    for _ in range(step.tries):
        ticket = await talk.line.digits(["enquiry-number"], TICKET_KEYS, SILENCE)
        pin = await talk.line.digits(["enquiry-pin"], PIN_KEYS, SILENCE) if ticket else None
        if not ticket or not pin:
            talk.note("silence")
            await talk.say("silence")
            continue
        try:
            state = await talk.world.desk.ticket_state(ticket, pin, _asker(talk))
        except DeskAway:
            talk.note("away")
            await talk.say("enquiry-away")
            return step.otherwise
        if state is None:
            talk.note("invalid")
            await talk.say("enquiry-unknown")
            continue
        await talk.say(*_told(state, talk.session.language))
        talk.note("informed")
        if talk.session.outcome is Outcome.HUNG_UP:
            talk.session.outcome = Outcome.INFORMATION
        return step.then
    talk.note("gave_up")
    return step.otherwise


def _read_back(phone: str) -> list[str]:
    return ["number-we-call", *speech.digits(phones.national(phone)), "number-right"]


def _asker(talk: Conversation) -> str:
    return talk.session.caller or str(talk.session.call)


def _told(state: TicketState, language: str) -> list[str]:
    told = ["enquiry-report", *speech.digits(state.number)]
    told.append("status-" + state.status.replace(" ", "-"))
    if state.callback:
        told += ["enquiry-callback", *speech.moment(state.callback, language)]
    elif state.deadline:
        told += [
            "enquiry-deadline",
            *speech.date(state.deadline.astimezone(speech.WIB).date(), language),
        ]
    return told
