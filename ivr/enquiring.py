"""The step in which a caller asks after a ticket, by its number and PIN."""

from datetime import datetime
from uuid import UUID

from config import speech
from ivr.asking import SILENCE
from ivr.choosing import Kept, choose
from ivr.conversation import Conversation
from ivr.facts import Fact
from ivr.facts_queue import CallbackCancelled, CallbackMoved
from ivr.flow import Enquiry
from ivr.ids import new_id
from ivr.ports import DeskAway, TicketState
from ivr.promising import when
from ivr.session import Outcome

TICKET_KEYS = 12
PIN_KEYS = 5
"""A PIN has four; the fifth leaves room for the `#`."""
CANCEL, MOVE = "1", "2"
BY = "caller"


async def enquiry(talk: Conversation, step: Enquiry) -> str:
    """Tell how a ticket stands to a caller who has its number and PIN; its call may be moved or
    cancelled."""
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
        if state.callback_id and state.callback:
            await _change(talk, step, state.callback_id, state.callback)
        return step.then
    talk.note("gave_up")
    return step.otherwise


async def _change(talk: Conversation, step: Enquiry, callback: UUID, due: datetime) -> None:
    """Cancel the call or move it. Any other key, and silence, leave it as it is.

    If it is dialled just now it goes on: who is reached has been called, and else the new time
    holds, or the cancellation.
    """
    key = await talk.ask(["enquiry-change"], SILENCE)
    talk.note("key" if key else "silence", key or "")
    if key == CANCEL:
        await talk.world.teller.keep(_cancelled(talk, callback))
        talk.note("cancelled")
        await talk.say("enquiry-cancelled")
    elif key == MOVE:
        chosen = await choose(talk, step.tries, due, lambda start: _moved(talk, callback, start))
        if not isinstance(chosen, Kept):
            talk.note("moved")
            await talk.say(*when(talk, chosen))


def _cancelled(talk: Conversation, callback: UUID) -> Fact:
    now = talk.world.hours.now()
    return CallbackCancelled(id=new_id(), call=talk.session.call, at=now, callback=callback, by=BY)


def _moved(talk: Conversation, callback: UUID, start: datetime | None) -> Fact:
    hours = talk.world.hours
    now = hours.now()
    return CallbackMoved(
        id=new_id(),
        call=talk.session.call,
        at=now,
        callback=callback,
        due=start or hours.next_opening(now) or now,
        by=BY,
        type="slot" if start else "next_opening",
    )


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
