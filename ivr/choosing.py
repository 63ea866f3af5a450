"""The caller chooses a time to be called at, by keypad; without a choice the promise stays."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum

from config import speech
from ivr.asking import SILENCE
from ivr.conversation import Conversation, call_back
from ivr.facts import Fact
from ivr.flow import Slot
from ivr.ids import new_id
from ivr.promising import when

LATER, SOONEST, BACK = "9", "0", "*"
"""Keys beside those of the slots, which count from 1."""


class Kept(Enum):
    """No new time: the promise stays as it was."""

    AS_IT_WAS = "as it was"


Chosen = datetime | None | Kept
"""A slot's beginning, or None for as soon as the line is open."""


async def slot(talk: Conversation, step: Slot) -> str:
    """Move the promise of this call to a time of the caller's choice, and tell it."""
    session = talk.session
    if not session.kept or session.phone is None or session.ticket is None:
        talk.note("no_number")
        await talk.say("promise-no-number")
        return step.then
    if not session.own_promise:
        # Moved by whoever keys somebody's number, they could be kept from ever being called.
        talk.note("not_own")
        await talk.say("slot-stays")
        return step.then
    phone, ticket = session.phone, session.ticket

    def moved(start: datetime | None) -> Fact:
        # One live callback a phone: promised again it is moved, whatever its id.
        callback = session.callback or new_id()
        return call_back(session, talk.world, phone, callback, ticket, slot=start)

    promised = session.slot or _now_or_next(talk)
    chosen = await choose(talk, step.tries, promised, moved)
    if not isinstance(chosen, Kept):
        session.slot = chosen
        talk.note("moved")
        await talk.say(*when(talk, chosen))
    return step.then


async def choose(
    talk: Conversation,
    tries: int,
    promised: datetime | None,
    write: Callable[[datetime | None], Fact],
) -> Chosen:
    """Offer the free times, a few at once, until one is taken; what `write` makes of it is kept
    while the place is held. The time that is `promised` already is not offered."""
    slots, after, before = talk.world.slots, None, ["slot-choose"]
    while tries:
        times = await slots.free(after, promised)
        if not times and after is None:
            talk.note("no_slots")
            await talk.say("slot-none", "slot-stays")
            return Kept.AS_IT_WAS
        if not times:
            after = None  # Behind the last ones the first come again.
            continue
        key = await talk.ask([*before, *_offer(times, talk.session.language)], SILENCE)
        talk.note("key" if key else "silence", key or "")
        if key == BACK:
            return Kept.AS_IT_WAS
        if key == SOONEST:
            await talk.world.teller.keep(write(None))
            return None
        if key == LATER:
            after, before = times[-1], []
        elif start := _pressed(key, times):
            async with slots.held(start) as got:
                if got:
                    await talk.world.teller.keep(write(start))
                    return start
            talk.note("taken")
            after, before = None, ["slot-taken"]
        else:
            tries -= 1
            before = ["invalid" if key else "silence"]
    talk.note("gave_up")
    await talk.say("slot-stays")
    return Kept.AS_IT_WAS


def _pressed(key: str | None, times: Sequence[datetime]) -> datetime | None:
    return dict(zip("12345", times, strict=False)).get(key or "")


def _offer(times: Sequence[datetime], language: str) -> list[str]:
    """Each time with its key; a day is told once."""
    told, day = [], None
    for nth, start in enumerate(times, 1):
        if start.date() != day:
            day = start.date()
            told += speech.date(day, language)
        told += [*speech.clock(start.time(), language), f"slot-key-{nth}"]
    return [*told, "slot-others"]


def _now_or_next(talk: Conversation) -> datetime | None:
    hours = talk.world.hours
    return hours.next_opening(hours.now())
