"""One phone call as its caller lives it: hear, press, speak, hang up."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from baresip import AudioNotActive, AudioRestarted, BaresipError, Event, StackEvent
from baresip import Call as Leg

from scripts.caller import ear
from scripts.caller.recording import Recording
from scripts.caller.sounds import RATE, Prompt, Samples, Sounds, write_wav

LOOK = 0.15
"""Seconds between two looks at what has been heard."""
PATIENCE = 15.0
"""Seconds that a prompt may take to come, unless the caller says otherwise."""
STRETCH = RATE // 2
"""Samples within which the next of many short sounds is searched for at once."""
BUFFER = 32768
"""Bytes that are read at once: more than the stack keeps."""
PACKETS = 3200
"""Bytes that are said at once: 200 ms, well within the stack's buffer."""


class NotHeard(AssertionError):
    """The prompt did not come; says what did, and where to listen to it."""


class Call:
    """A call in progress. Made by `Phone.dials`, which also ends it."""

    def __init__(self, leg: Leg, sounds: Sounds, keep: Path, name: str, dialled: str) -> None:
        self.name = name
        self.dialled = dialled
        self.language = "id"
        """In which language prompts are expected; `hears` can be told another."""
        self.recording = Recording()
        self._leg = leg
        self._sounds = sounds
        self._keep = keep
        self._cursor = 0
        self._to_say: deque[bytes] = deque()
        self._up = asyncio.Event()
        self._over = asyncio.Event()
        self._why = ""

    # What the caller does

    async def hears(
        self,
        *prompts: str,
        timeout: float = PATIENCE,  # noqa: ASYNC109 — each prompt has its own patience
        whole: bool = False,
        language: str | None = None,
    ) -> None:
        """The prompts, in this order, after whatever was heard before.

        Returns as soon as a prompt is recognised, so that keys can be pressed into it; `whole`
        waits for its end. Raises `NotHeard`.
        """
        for prompt in prompts:
            await self.hears_one_of([prompt], timeout=timeout, whole=whole, language=language)

    async def hears_one_of(
        self,
        prompts: Sequence[str],
        *,
        timeout: float = PATIENCE,  # noqa: ASYNC109
        whole: bool = False,
        language: str | None = None,
    ) -> str:
        """The first of several prompts that comes; its id."""
        wanted = [self._sounds.prompt(name, language or self.language) for name in prompts]
        heard = await self._listen(lambda: self._first_of(wanted), timeout)
        heard = heard or await asyncio.to_thread(self._spoilt, wanted)
        if heard is None:
            raise NotHeard(await self._complaint(" or ".join(prompts), timeout))
        self._goes_on(heard.end)
        if whole:
            prompt = next(p for p in wanted if p.id == heard.prompt)
            await self._hears_out(prompt, heard)
        return heard.prompt

    async def reads_digits(self, count: int, *, timeout: float = PATIENCE) -> str:  # noqa: ASYNC109
        """The next `count` digits that are read out, as `26000123`."""
        deadline = time.monotonic() + timeout
        digits = ""
        while len(digits) < count:
            kind = "pair/??" if count - len(digits) > 1 else "digit/?"
            sounds = self._sounds.like(kind, self.language)
            left = deadline - time.monotonic()
            heard = await self._listen(lambda sounds=sounds: self._best_of(sounds), left)  # type: ignore[misc]
            # They follow one another closely; after a gap it would be some other number's digits.
            if heard is None or (digits and heard.start > self._cursor + STRETCH + ear.SLIP):
                raise NotHeard(await self._complaint(f"{count} digits, after “{digits}”", timeout))
            self._goes_on(heard.end)
            digits += heard.prompt.rpartition("/")[2]
        return digits

    async def hears_sound(
        self,
        is_it: Callable[[Samples], bool],
        seconds: float,
        timeout: float = PATIENCE,  # noqa: ASYNC109
    ) -> None:
        """A stretch of `seconds` that `is_it` takes for the sound that is waited for."""
        size = int(seconds * RATE)

        def look() -> ear.Heard | None:
            audio = self.recording.samples(self._cursor)
            for start in range(0, len(audio) - size + 1, size // 2):
                if is_it(audio[start : start + size]):
                    return ear.Heard("", start, start + size, 1.0).moved(self._cursor)
            return None

        if (heard := await self._listen(look, timeout)) is None:
            raise NotHeard(await self._complaint("the sound", timeout))
        self._goes_on(heard.end)

    async def hears_anybody(self, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109
        """Whatever comes from the other end, be it silence: from then on there is one."""
        already = len(self.recording)

        def look() -> ear.Heard | None:
            return ear.Heard("", 0, 0, 1.0) if len(self.recording) > already else None

        if await self._listen(look, timeout) is None:
            raise NotHeard(await self._complaint("anybody", timeout))

    async def presses(self, keys: str, gap: float = 0.1) -> float:
        """Keys as RFC 4733 events, 100 ms each; the moment (`time.monotonic`) of the first."""
        moment = time.monotonic()
        await self._leg.send_dtmf(keys, int(gap * 1000))
        return moment

    def speaks(self, pcm: bytes) -> None:
        """Say 16-bit PCM at 8 kHz, from now on and without waiting for its end."""
        self._to_say.extend(pcm[at : at + PACKETS] for at in range(0, len(pcm), PACKETS))

    async def has_spoken(self) -> None:
        """Wait as long as it takes to say all that `speaks` was given."""
        left = sum(map(len, self._to_say))
        with contextlib.suppress(AudioNotActive):
            left += self._leg.audio.info().tx_buffered
        await asyncio.sleep(left / 2 / RATE)

    async def hangs_up(self) -> None:
        """Hang up and wait until the stack has seen it through."""
        with contextlib.suppress(BaresipError):
            await self._leg.hangup()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), 3)

    async def ends(self, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109
        """The other side hangs up. Raises `NotHeard`."""
        try:
            await asyncio.wait_for(self._over.wait(), timeout)
        except TimeoutError:
            raise NotHeard(await self._complaint("the end of the call", timeout)) from None

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def saved(self) -> Path:
        """What was heard so far, as a file to listen to."""
        return write_wav(self._keep / f"{self.name}.wav", self.recording.pcm())

    # What the phone tells it

    async def answered(self, timeout: float) -> None:  # noqa: ASYNC109
        """Raises `TimeoutError`, or `ConnectionError` for a call that was refused."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._up, self._over)]
        done, left = await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for wait in left:
            wait.cancel()
        if not done:
            raise TimeoutError(f"{self.name}: not answered within {timeout:g} s")
        if not self._up.is_set():
            raise ConnectionError(f"{self.name}: refused, {self._why}")

    def on_event(self, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_ESTABLISHED:
                self._up.set()
            case Event.CALL_CLOSED:
                self._why = event.text or ""
                self._over.set()

    def pump(self) -> None:
        """Move the audio of a moment in and out; called from the phone's audio thread."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            # All at once: what is left behind would look like a pause.
            if pcm := self._leg.audio.read(BUFFER):
                self.recording.add(pcm, time.monotonic())
            if self._to_say:
                said = self._to_say.popleft()
                taken = self._leg.audio.write(said)
                if taken < len(said):
                    self._to_say.appendleft(said[taken:])

    # Listening

    async def _listen(
        self, look: Callable[[], ear.Heard | None], patience: float
    ) -> ear.Heard | None:
        """Look again and again at what has come; one last look when the call or time is over."""
        self._searched = self._cursor
        deadline = time.monotonic() + patience
        while True:
            last = self.over or time.monotonic() >= deadline
            if heard := look():
                return heard
            if last:
                return None
            await asyncio.sleep(LOOK)

    def _first_of(self, prompts: Sequence[Prompt]) -> ear.Heard | None:
        audio = self.recording.samples(self._searched)
        if heard := ear.first_of(prompts, audio):
            return heard.moved(self._searched)
        self._forget(len(audio), max(ear.span(prompt) for prompt in prompts))
        return None

    def _spoilt(self, prompts: Sequence[Prompt]) -> ear.Heard | None:
        audio = self.recording.samples(self._cursor)
        first = ear.first_of(prompts, audio, ear.find_spoilt)
        return first and first.moved(self._cursor)

    def _best_of(self, prompts: Sequence[Prompt]) -> ear.Heard | None:
        """A short stretch at a time, and only when all that begins in it has been heard out."""
        longest = max(len(prompt.samples) for prompt in prompts)
        while len(audio := self.recording.samples(self._searched)) > STRETCH:
            if len(audio) < STRETCH + longest and not self._hushed():
                return None
            if heard := ear.best(prompts, audio, STRETCH):
                return heard.moved(self._searched)
            self._searched += STRETCH
        return None

    def _hushed(self) -> bool:
        """Nothing more comes at the moment."""
        return self.over or self.recording.hushed()

    def _forget(self, looked_at: int, needed: int) -> None:
        """What was looked at in vain is not looked at again, but for a prompt's beginning."""
        self._searched += max(0, looked_at - needed)

    async def _hears_out(self, prompt: Prompt, heard: ear.Heard) -> None:
        end = heard.start + len(prompt.samples)
        # Nothing is sent after a prompt, so its padding may be missing at the end.
        enough = end - ear.SLIP
        await self._listen(
            lambda: heard if len(self.recording) >= enough else None, prompt.seconds + 2
        )
        self._goes_on(min(end, len(self.recording)))
        found = ear.share(prompt, self.recording.samples(), heard.start)
        if found < 0.8:
            raise NotHeard(f"{self.name}: only {found:.0%} of {prompt.id}; listen: {self.saved()}")

    def _goes_on(self, end: int) -> None:
        """Listen from `end`, and a little before: the next prompt may follow without a pause."""
        self._cursor = max(self._cursor, end - ear.SLIP)

    async def _complaint(self, wanted: str, patience: float) -> str:
        """What was heard instead, in words for whoever reads the failure."""
        known = [
            self._sounds.prompt(name, language)
            for language in ("id", "en")
            for name in self._sounds.names(language)
            if "/" not in name
        ]
        audio = self.recording.samples(self._cursor)
        heard = await asyncio.to_thread(ear.transcript, known, audio)
        told = ", ".join(f"{h.prompt} at {(self._cursor + h.start) / RATE:.1f} s" for h in heard)
        state = f"call over ({self._why})" if self.over else "call still up"
        return (
            f"{self.name}: expected {wanted} within {patience:g} s after"
            f" {self._cursor / RATE:.1f} s, heard {told or 'no prompt'}; {state};"
            f" listen: {self.saved()}"
        )
