"""A caller's line in the terminal: prompts are read instead of heard, keys are typed."""

from collections.abc import Callable, Iterator, Sequence

from ivr.errors import CallerHungUp
from ivr.flow import KEYS
from ivr.ports import Recorded
from ivr.ports_queue import QueueExit, QueuePlace

Keys = Callable[[], str]
"""What the caller keys next, without white space; empty for silence. EOFError hangs up."""


class TerminalLine:
    """Fits `ivr.ports.Line`, without any PBX."""

    def __init__(
        self,
        text: Callable[[str, str], str],
        show: Callable[[str], None],
        keys: Keys,
        *,
        agents: bool,
    ) -> None:
        """`text` gives a prompt's words in a language; `agents`: someone answers the queues."""
        self._text = text
        self._show = show
        self._keys = keys
        self._agents = agents
        self._language = "id"

    async def play(self, sounds: Sequence[str]) -> None:
        self._say(sounds)

    async def choose(self, sounds: Sequence[str], silence: float) -> str | None:
        self._say(sounds)
        keyed = self._keyed()
        while keyed and (len(keyed) > 1 or keyed not in KEYS):
            self._show(f"(one key of {KEYS}, or nothing for silence, not {keyed!r})")
            keyed = self._keyed()
        return keyed or None

    async def digits(self, sounds: Sequence[str], most: int, silence: float) -> str | None:
        self._say(sounds)
        return self._keyed().partition("#")[0][:most] or None

    async def record(self, name: str, seconds: int, silence: int) -> Recorded:
        self._show(f"● a message of at most {seconds} s; any key ends it")
        return Recorded("key" if self._keyed() else "silence", name)

    async def replay(self, name: str) -> None:
        self._show("▶ the message")

    async def staffed(self, queue: str) -> bool:
        self._show(f"… queue {queue}: {'an agent' if self._agents else 'nobody'} is logged in")
        return self._agents

    async def enqueue(self, place: QueuePlace) -> QueueExit:
        self._show(f"… an agent of {place.queue} answers")
        return QueueExit("served")

    async def left_queue(self) -> QueueExit | None:
        return None

    def place(self, state: str, *, promised: bool) -> None:
        """There is no channel to leave it with."""

    async def speak(self, language: str) -> None:
        self._language = language

    async def hang_up(self) -> None:
        self._show("☎ the line hangs up")

    def _say(self, sounds: Sequence[str]) -> None:
        self._show(" ".join(self._text(sound, self._language) for sound in sounds))

    def _keyed(self) -> str:
        try:
            return self._keys()
        except EOFError:
            raise CallerHungUp("the caller hung up") from None


def scripted(keys: str, show: Callable[[str], None]) -> Keys:
    """The keys of `1,08123456789#,,2` one answer at a time: an empty one is silence, and after
    the last the caller hangs up."""
    answers: Iterator[str] = iter(part.strip() for part in keys.split(",")) if keys else iter(())

    def next_answer() -> str:
        try:
            answer = next(answers)
        except StopIteration:
            raise EOFError from None
        show(f"> {answer or '(silence)'}")
        return answer

    return next_answer
