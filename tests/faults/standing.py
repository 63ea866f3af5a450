"""Twenty callers who stand in the menu, each where somebody might just be."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from scripts.caller import Call
from tests.calls.callers import Caller, agrees, reaches_the_number

CALLERS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A step that waits for a key."""

    heard: str
    """The prompt that is played there."""
    key: str
    then: str
    """What is heard after the key."""
    from_main: str = ""
    """The key of the main menu that leads there."""


PLACES = (
    Place("consent", "1", "main-menu"),
    Place("main-menu", "4", "training-menu"),
    Place("products-menu", "*", "main-menu", "1"),
    Place("complaints-menu", "2", "all-busy", "3"),
    Place("enquiry-number", "#", "silence", "5"),
    Place("number-we-call", "2", "number-enter", "0"),
)


async def _stands(call: Call, place: Place) -> None:
    match place:
        case Place(heard="consent" | "main-menu" as prompt):
            await call.hears("consent")
            if prompt == "main-menu":
                await call.presses("1")
                await call.hears(prompt)
        case Place(heard="number-we-call"):
            await reaches_the_number(call)
        case _:
            await agrees(call)
            await call.presses(place.from_main)
            await call.hears(place.heard)


@asynccontextmanager
async def standing(caller: Caller) -> AsyncIterator[Sequence[tuple[Call, Place]]]:
    """The callers, once all of them stand where they wait; hung up at the end."""
    places = [PLACES[nth % len(PLACES)] for nth in range(CALLERS)]
    async with AsyncExitStack() as stack:
        calls = [await stack.enter_async_context(caller.dials()) for _ in places]
        await asyncio.gather(*map(_stands, calls, places))
        yield list(zip(calls, places, strict=True))


async def goes_on(call: Call, place: Place) -> None:
    """The same menu comes again, and its key leads where it always does."""
    await call.hears(place.heard, timeout=30)
    await call.presses(place.key)
    await call.hears(place.then)
