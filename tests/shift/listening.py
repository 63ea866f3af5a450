"""An ear that does not keep others waiting: it looks now and then, in a thread of its own."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from scripts.caller import Call, ear
from scripts.caller.sounds import Prompt, Sounds

EVERY = 0.3
"""Seconds between two looks."""
_thread = ThreadPoolExecutor(1, "ear")


class Ear:
    """Of one caller."""

    def __init__(self, call: Call, sounds: Sounds) -> None:
        self._call, self._sounds = call, sounds
        self._at = 0

    async def one_of(
        self, prompts: Sequence[str], patience: float, unless: asyncio.Event | None = None
    ) -> str | None:
        """The first of these prompts that comes; None when time, or the call, is over before, or
        when something else has happened."""
        wanted = [self._sounds.prompt(name, self._call.language) for name in prompts]
        loop = asyncio.get_running_loop()
        deadline, since = loop.time() + patience, self._at
        while True:
            last = self._call.over or loop.time() >= deadline or (unless and unless.is_set())
            audio = self._call.recording.samples(since)
            heard = await loop.run_in_executor(_thread, ear.first_of, wanted, audio)
            if heard:
                self._at = since + heard.end - ear.SLIP
                return heard.prompt
            if last:
                happened = unless and unless.is_set()
                return None if happened else await self._spoilt(wanted)
            since += max(0, len(audio) - max(map(ear.span, wanted)))
            await asyncio.sleep(EVERY)

    async def _spoilt(self, wanted: Sequence[Prompt]) -> str | None:
        audio = self._call.recording.samples(self._at)
        loop = asyncio.get_running_loop()
        if heard := await loop.run_in_executor(
            _thread, ear.first_of, wanted, audio, ear.find_spoilt
        ):
            self._at += heard.end - ear.SLIP
            return heard.prompt
        return None
