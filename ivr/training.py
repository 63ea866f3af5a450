"""The step that tells the next trainings, and signs the caller up by key."""

from collections.abc import Sequence

from config import phones, speech
from ivr.asking import SILENCE
from ivr.conversation import Conversation
from ivr.facts_training import TrainingAsked, TrainingTold
from ivr.flow import Training as Step
from ivr.ids import new_id
from ivr.own_prompts import CITIES
from ivr.ports import Training
from ivr.session import Outcome

OFFERED = 3
"""Sessions at once; nobody remembers more."""
LATER, OPERATOR, BACK = "9", "0", "*"
"""Keys beside those of the sessions, which count from 1."""
_SAID = {
    "seated": ("training-seated", "training-remind"),
    "waiting": ("training-waiting", "training-tell"),
    None: ("training-kept", "training-tell"),
}
"""What is heard before and behind the session, by what is known of the seat."""
_NOTED = {"seated": "seated", "waiting": "listed", None: "unsure"}


async def training(talk: Conversation, step: Step) -> str:
    """Offer the next trainings, a few at once, until one is chosen.

    Only the number that the call comes from is signed up: keyed numbers may be anybody's.
    """
    if talk.session.caller is None:
        return await _sorry(talk, step, "no_number", "training-no-number")
    found = await talk.world.trainings.upcoming()
    if not found:
        why = "training-none" if found is not None else "training-away"
        return await _sorry(talk, step, "no_trainings", why)
    first, left, before = 0, step.tries, ["training-next"]
    while left:
        shown = found[first : first + OFFERED]
        further = ["training-later"] if len(found) > OFFERED else []
        offer = [*_offer(shown, talk), *further, "back-or-operator"]
        key = await talk.ask([*before, *offer], SILENCE)
        talk.note("key" if key else "silence", key or "")
        if key == BACK:
            return step.menu
        if key == OPERATOR:
            return step.otherwise
        if key == LATER and further:
            # Behind the last ones the first come again.
            first, before = (first + OFFERED if first + OFFERED < len(found) else 0), []
        elif chosen := _pressed(key, shown):
            await _sign_up(talk, chosen, talk.session.caller)
            return step.then
        else:
            left -= 1
            before = ["invalid" if key else "silence"]
    talk.note("gave_up")
    return step.otherwise


async def _sign_up(talk: Conversation, chosen: Training, phone: str) -> None:
    """Keep it first, and say then what the desk has made of it: a seat, a place in the list, or
    that this is not known yet."""
    session, world = talk.session, talk.world
    await world.teller.keep(
        TrainingAsked(
            id=new_id(), call=session.call, at=world.hours.now(), training=chosen.id, phone=phone
        )
    )
    state = await world.trainings.place(chosen.id, phone)
    if session.outcome is Outcome.HUNG_UP:
        session.outcome = Outcome.INFORMATION
    talk.note(_NOTED[state])
    before, behind = _SAID[state]
    number = speech.digits(phones.national(phone))
    await talk.say(before, *_session(chosen, talk), behind, *number)
    if state:
        # Who hangs up before this is told by the desk.
        world.teller.tell(
            TrainingTold(
                id=new_id(),
                call=session.call,
                at=world.hours.now(),
                training=chosen.id,
                phone=phone,
                state=state,
            )
        )


async def _sorry(talk: Conversation, step: Step, noted: str, prompt: str) -> str:
    talk.note(noted)
    await talk.say(prompt)
    return step.otherwise


def _pressed(key: str | None, shown: Sequence[Training]) -> Training | None:
    return dict(zip("123", shown, strict=False)).get(key or "")


def _offer(shown: Sequence[Training], talk: Conversation) -> list[str]:
    """Each session with its key, and whether there is only the waiting list."""
    told = []
    for nth, one in enumerate(shown, 1):
        how = ["training-sign-up"] if one.free > 0 else ["training-full", "training-wait"]
        told += [*_session(one, talk), *how, f"slot-key-{nth}"]
    return told


def _session(one: Training, talk: Conversation) -> list[str]:
    """When and where; a city without a prompt is an officer's to tell."""
    city = "city-" + "-".join(one.city.lower().removeprefix("kota ").split())
    where = city if city in CITIES else "training-place"
    return [*speech.moment_there(one.starts, one.zone, talk.session.language), where]
