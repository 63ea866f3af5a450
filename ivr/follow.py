"""The interpreter of a flow: walks its steps until the call leaves it."""

from typing import assert_never

from ivr import asking, choosing, enquiring, promising, queueing, training
from ivr.conversation import Conversation
from ivr.facts import ConsentGiven, LanguageChosen
from ivr.flow import (
    OTHER_LANGUAGE,
    Choice,
    Consent,
    Enquiry,
    Flow,
    Goodbye,
    Hours,
    Menu,
    Message,
    Number,
    Promise,
    Queue,
    Say,
    Slot,
    Training,
)
from ivr.ids import new_id
from ivr.session import Outcome


async def follow(flow: Flow, talk: Conversation) -> None:
    """Walk `flow` from the session's step, or from its start, until it says goodbye.

    Raises `CallerHungUp` when the caller leaves before.
    """
    name = talk.session.step or flow.start
    while name:
        talk.enter(name)
        name = await take(flow, name, talk)


async def take(flow: Flow, name: str, talk: Conversation) -> str:
    """Take one step; the name of the next, or nothing at the end."""
    match flow.steps[name]:
        case Hours() as step:
            closing = talk.world.hours.closing(talk.world.hours.now())
            return step.closed if closing else step.open
        case Say() as step:
            await talk.say(*step.sounds)
            if step.informs:
                _informed(talk)
            return step.then
        case Consent() as step:
            return await _consent(talk, step)
        case Menu() as step:
            return await _menu(talk, step)
        case Number() as step:
            return await asking.number(talk, step)
        case Enquiry() as step:
            return await enquiring.enquiry(talk, step)
        case Promise() as step:
            return await promising.promise(talk, step)
        case Slot() as step:
            return await choosing.slot(talk, step)
        case Training() as step:
            return await training.training(talk, step)
        case Message() as step:
            return await promising.message(talk, step)
        case Queue() as step:
            return await queueing.stand(talk, step)
        case Goodbye() as step:
            await talk.say(*step.sounds)
            return ""
        case never:
            assert_never(never)


async def _menu(talk: Conversation, step: Menu) -> str:
    before: tuple[str, ...] = ()
    for _ in range(step.tries):
        key = await talk.ask((*before, *step.sounds), step.silence)
        if key is None:
            talk.note("silence")
            before = step.silent
        elif choice := step.keys.get(key):
            talk.note("key", key)
            return await _chosen(talk, choice)
        else:
            talk.note("invalid", key)
            before = step.invalid
    talk.note("gave_up")
    return step.otherwise


async def _chosen(talk: Conversation, choice: Choice) -> str:
    talk.session.fields |= choice.sets
    if choice.language:
        await _switch(talk, choice.language)
    return choice.to


async def _switch(talk: Conversation, language: str) -> None:
    session = talk.session
    if language == OTHER_LANGUAGE:
        language = "en" if session.language == "id" else "id"
    session.language = language
    await talk.line.speak(language)
    talk.world.teller.tell(
        LanguageChosen(
            id=new_id(),
            call=session.call,
            at=talk.world.hours.now(),
            phone=session.caller,
            language=language,
        )
    )


async def _consent(talk: Conversation, step: Consent) -> str:
    key = await talk.ask(step.sounds, asking.SILENCE)
    talk.note("key" if key else "silence", key or "")
    talk.session.consent = key == "1"
    if key in ("1", "2"):
        talk.world.teller.tell(
            ConsentGiven(
                id=new_id(),
                call=talk.session.call,
                at=talk.world.hours.now(),
                phone=talk.session.caller,
                purpose=step.purpose,
                granted=key == "1",
            )
        )
    return step.then


def _informed(talk: Conversation) -> None:
    talk.note("informed")
    if talk.session.outcome is Outcome.HUNG_UP:
        talk.session.outcome = Outcome.INFORMATION
