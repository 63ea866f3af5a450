"""A caller's line that is walked over again with one key more each time, as a page does it."""

from collections.abc import Callable, Sequence
from typing import Literal

from ivr.flow import KEYS
from ivr.ports import Recorded
from ivr.ports_queue import QueueExit, QueuePlace

Said = Literal["heard", "keyed", "silent", "wrong", "record", "replay", "staffed", "empty", "agent"]
Tell = Callable[[Said, str], None]
"""What happens on the line, and its words: what is heard, a key, a queue, seconds."""
Wanted = Literal["key", "digits", "record"]


class KeysOver(Exception):
    """The caller has said all that they know so far; `wants` is what they are asked for now."""

    def __init__(self, wants: Wanted, most: int = 1) -> None:
        super().__init__(wants)
        self.wants = wants
        self.most = most


class TriedLine:
    """Fits `ivr.ports.Line`, without any PBX. Raises KeysOver where a key is missing."""

    def __init__(
        self,
        text: Callable[[str, str], str],
        tell: Tell,
        keys: Sequence[str],
        *,
        agents: bool,
    ) -> None:
        """`text` gives a prompt's words in a language; `agents`: someone answers the queues. Of the
        keys an empty one is silence."""
        self._text = text
        self._tell = tell
        self._keys = iter(keys)
        self._agents = agents
        self._language = "id"

    async def play(self, sounds: Sequence[str]) -> None:
        self._say(sounds)

    async def choose(self, sounds: Sequence[str], silence: float) -> str | None:
        self._say(sounds)
        keyed = self._keyed("key")
        while keyed and (len(keyed) > 1 or keyed not in KEYS):
            self._tell("wrong", keyed)
            keyed = self._keyed("key")
        return keyed or None

    async def digits(self, sounds: Sequence[str], most: int, silence: float) -> str | None:
        self._say(sounds)
        return self._keyed("digits", most).partition("#")[0][:most] or None

    async def record(self, name: str, seconds: int, silence: int) -> Recorded:
        self._tell("record", str(seconds))
        return Recorded("key" if self._keyed("record") else "silence", name)

    async def replay(self, name: str) -> None:
        self._tell("replay", "")

    async def staffed(self, queue: str) -> bool:
        self._tell("staffed" if self._agents else "empty", queue)
        return self._agents

    async def enqueue(self, place: QueuePlace) -> QueueExit:
        self._tell("agent", place.queue)
        return QueueExit("served")

    async def left_queue(self) -> QueueExit | None:
        return None

    def place(self, state: str, *, promised: bool) -> None:
        """There is no channel to leave it with."""

    async def speak(self, language: str) -> None:
        self._language = language

    async def hang_up(self) -> None:
        """The walk's outcome tells it."""

    def _say(self, sounds: Sequence[str]) -> None:
        if words := " ".join(self._text(sound, self._language) for sound in sounds):
            self._tell("heard", words)

    def _keyed(self, wants: Wanted, most: int = 1) -> str:
        try:
            keyed = next(self._keys)
        except StopIteration:
            raise KeysOver(wants, most) from None
        self._tell("keyed" if keyed else "silent", keyed)
        return keyed
