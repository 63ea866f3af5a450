"""One caller of the benchmark: keys by the clock, and afterwards when each was answered."""

import asyncio
from collections.abc import Sequence

from scripts.caller import Call, ear
from scripts.caller.sounds import RATE, Sounds

PAUSE = 2.0
"""Seconds between two keys: the opening of the next prompt is heard in it."""
KEYS = (
    ("1", "main-menu"),
    ("1", "products-menu"),
    ("*", "main-menu"),
    ("3", "complaints-menu"),
    ("*", "main-menu"),
)
"""From the question for consent: what is pressed, and the prompt that it brings."""
RELEASE = 0.1
"""Seconds that a key is held; the PBX acts when it is let go."""


async def walk(call: Call) -> list[float]:
    """Press all keys; the moments (`time.monotonic`) when each was let go.

    Nothing is listened to meanwhile, but for the first prompt: the comparing of sounds would take
    the CPU from what is measured.
    """
    await call.hears("consent")
    released = []
    for key, _ in KEYS:
        released.append(await call.presses(key) + RELEASE)
        await asyncio.sleep(PAUSE)
    return released


def delays(call: Call, released: Sequence[float], sounds: Sounds) -> list[float]:
    """Seconds from each key to the first sample of the prompt it brought.

    Raises ValueError for a key that brought nothing: then there is nothing to compare.
    """
    found = []
    for moment, (key, prompt) in zip(released, KEYS, strict=True):
        start = call.recording.place(moment - RELEASE)
        heard = ear.find(
            sounds.prompt(prompt, "id"),
            call.recording.samples(start, start + int((PAUSE + RELEASE) * RATE)),
        )
        if heard is None:
            raise ValueError(f"{call.name}: key {key} did not bring {prompt}: {call.saved()}")
        found.append(call.recording.moment(start + heard.start) - moment)
    return found
