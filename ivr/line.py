"""A caller's line on AsyncAGI: commands in, keys out, under a lease.

Every batch of commands first renews the channel's lease (AMI `AbsoluteTimeout`): the time the
commands can take, and GRACE. If this service dies meanwhile, the dialplan takes the call to the
native fallback when the lease ends.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import PurePosixPath
from urllib.parse import unquote_plus

from ivr import agi, queue_place
from ivr.ami import Action, Ami, AmiDown, AmiError, Event, Response, action
from ivr.errors import CallerHungUp, CallTakenAway, LineError, LinkLost
from ivr.ports import Recorded
from ivr.ports_queue import QueueExit, QueuePlace

GRACE = 10
"""Seconds beyond a command's own time: what a restart of the service may take."""
LONGEST_MESSAGE = 600
"""Seconds; only the lease of a replay depends on it."""
MOST_SOUNDS = 35
"""In one command, which has at most 1000 bytes."""
UNKNOWN_SOUND = 6.0
"""Seconds assumed for a sound whose length is not known."""
FOLDER = "saluran"
"""Below the language's folder of the PBX's sounds."""
KEYS = "IVR_KEYS"

COMMANDS = "saluran-"
"""How the ids of our commands begin, in whichever life of this service they were sent."""
_life = secrets.token_hex(4)
_numbers = count(1)


class CommandFailed(LineError):
    """The PBX could not run a command, and the caller is still there."""


class AgiLine:
    """One channel in `AGI(agi:async)`; fits `ivr.ports.Line`.

    Whoever reads the AMI events calls `executed`, `left`, `hung_up` and `lost`.
    """

    def __init__(
        self,
        ami: Ami,
        channel: str,
        durations: Mapping[str, Mapping[str, float]],
        messages: PurePosixPath,
    ) -> None:
        """`durations`: seconds of each sound by language; `messages`: the PBX's folder for them."""
        self._ami = ami
        self.channel = channel
        self._durations = durations
        self._messages = messages
        self._language = "id"
        self._remember: dict[str, str] = {}
        self._pending: dict[str, asyncio.Future[agi.AgiReply]] = {}
        self._away: asyncio.Future[None] | None = None
        self._closed: LineError | None = None
        self.gone = asyncio.Event()
        """The channel hung up, or the link to it was lost; `why` tells which."""

    # What the steps use.

    async def play(self, sounds: Sequence[str]) -> None:
        for part in _parts(sounds):
            await self._run([agi.playback(_paths(part))], self._seconds(part))

    async def choose(self, sounds: Sequence[str], silence: float) -> str | None:
        keys, status = await self._read(sounds, 1, silence)
        return keys or ("#" if status == "OK" else None)

    async def digits(self, sounds: Sequence[str], most: int, silence: float) -> str | None:
        keys, _ = await self._read(sounds, most, silence)
        return keys or None

    async def record(self, name: str, seconds: int, silence: int) -> Recorded:
        path = str(self._messages / f"{name}.wav")
        commands = [agi.record(path, silence, seconds), agi.full_variable("${RECORD_STATUS}")]
        replies = await self._run(commands, seconds + 2)
        ends = {"DTMF": "key", "SILENCE": "silence", "TIMEOUT": "timeout", "HANGUP": "hangup"}
        return Recorded(ends.get(replies[1].data, "failed"), name)

    async def replay(self, name: str) -> None:
        await self._run([agi.replay(str(self._messages / name))], LONGEST_MESSAGE)

    async def staffed(self, queue: str) -> bool:
        reply = await self._run([agi.queue_members(queue)], 0)
        members = reply[0].data
        return members.isdecimal() and int(members) > 0

    async def enqueue(self, place: QueuePlace) -> QueueExit:
        """By the dialplan, out of AsyncAGI: whoever waits or talks needs no service."""
        if self._closed:
            raise self._closed
        self.away()
        variables = self._remember | queue_place.variables(place)
        self._remember = {}
        told = [self._setvar(name, value) for name, value in variables.items()]
        for answer in self._ami.post([*told, queue_place.redirect(self.channel)]):
            answer.add_done_callback(self._answered)
        return await self._back()

    async def left_queue(self) -> QueueExit | None:
        if self._away:
            return await self._back()
        return await self._exit()

    async def _back(self) -> QueueExit:
        """Wait until the dialplan brings the caller back."""
        assert self._away
        try:
            await self._away
        finally:
            self._away = None
        # A key at the very moment of the hangup, say: the PBX names no reason then.
        return await self._exit() or QueueExit("failed")

    async def _exit(self) -> QueueExit | None:
        status, info = await self.variables("${IVR_LEFT}", "${QUEUE_WITHDRAW_INFO}")
        return queue_place.left(status, info)

    def place(self, state: str, *, promised: bool) -> None:
        self._remember["IVR_STATE"] = state
        if promised:
            self._remember["IVR_PROMISED"] = "1"

    async def speak(self, language: str) -> None:
        self._language = self._remember["CHANNEL(language)"] = language

    async def hang_up(self) -> None:
        """End the call; its hangup is awaited by whoever reads the events."""
        if not self._closed:
            await self._ami.ask("Hangup", Channel=self.channel, Cause="16")

    async def kept_state(self) -> str:
        """What `place` left with a channel that is away. Raises `AmiError`."""
        # Base64 of our making: nothing in it can end a line of AMI.
        answer = await self._ami.ask("Getvar", Channel=self.channel, Variable="IVR_STATE")
        return answer.get("Value")

    async def variables(self, *expressions: str) -> list[str]:
        """Dialplan expressions' values; what a caller can choose must be in `URIENCODE`."""
        replies = await self._run([agi.full_variable(expression) for expression in expressions], 0)
        return [reply.data for reply in replies]

    @property
    def why(self) -> LineError | None:
        """Why no command runs any more; None while they do."""
        return self._closed

    # What the events say.

    def executed(self, event: Event) -> None:
        """`AsyncAGIExec`: a command's result."""
        future = self._pending.pop(event.get("CommandId"), None)
        if future is None or future.done():
            return
        try:
            future.set_result(agi.agi_result(unquote_plus(event.get("Result"))))
        except LineError as error:
            future.set_exception(error)

    @property
    def is_away(self) -> bool:
        """The dialplan has the caller, in a queue or in a talk, and brings them back."""
        return self._away is not None

    def away(self) -> None:
        """The caller is in a queue, or on the way there."""
        self._away = asyncio.get_running_loop().create_future()

    def returned(self) -> None:
        """`AsyncAGIStart` of a channel that was away."""
        if self._away and not self._away.done():
            self._away.set_result(None)

    def left(self) -> None:
        """`AsyncAGIEnd`: by a hangup, which is told next, or because the lease ended."""
        if self._away and not self._away.done():
            return  # Into the queue, as we wanted.
        self._close(CallTakenAway(f"{self.channel} left AsyncAGI"))

    def hung_up(self) -> None:
        self._closed = None
        self._close(CallerHungUp(f"{self.channel} hung up"))
        self.gone.set()

    def lost(self) -> None:
        """The link to the PBX is down; the channel lives on by itself."""
        self._close(LinkLost(f"the link to the PBX of {self.channel} is down"))
        self.gone.set()

    def _close(self, why: LineError) -> None:
        self._closed = self._closed or why
        for future in self._pending.values():
            if not future.done():
                future.set_exception(self._closed)
        self._pending.clear()
        if self._away and not self._away.done():
            self._away.set_exception(self._closed)

    # How commands run.

    async def _read(self, sounds: Sequence[str], most: int, silence: float) -> tuple[str, str]:
        *before, sounds = _parts(sounds) or [()]
        for part in before:
            await self.play(part)
        commands = [
            agi.read(KEYS, _paths(sounds), most, silence),
            agi.full_variable("${READSTATUS}:${" + KEYS + "}"),
        ]
        replies = await self._run(commands, self._seconds(sounds) + silence * (most + 1))
        status, _, keys = replies[1].data.partition(":")
        if status == "ERROR":
            raise CommandFailed(f"{self.channel} has none of the sounds {', '.join(sounds)}")
        return keys, status

    async def _run(self, commands: Sequence[str], seconds: float) -> list[agi.AgiReply]:
        """Run commands as one batch; `seconds` is the longest they can take."""
        if self._closed:
            raise self._closed
        futures = self._send(commands, seconds)
        try:
            async with asyncio.timeout(seconds + 2 * GRACE):
                replies = [await future for future in futures]
        except TimeoutError:
            raise CallTakenAway(f"{self.channel} answered nothing within its lease") from None
        finally:
            for future in futures:
                future.cancel()
        await self._check(commands, replies)
        return replies

    def _send(self, commands: Sequence[str], seconds: float) -> list[asyncio.Future[agi.AgiReply]]:
        loop = asyncio.get_running_loop()
        ids = [f"{COMMANDS}{_life}-{next(_numbers)}" for _ in commands]
        futures = [loop.create_future() for _ in commands]
        self._pending.update(zip(ids, futures, strict=True))
        actions = [*self._before(seconds), *map(self._command, commands, ids)]
        for answer in self._ami.post(actions):
            answer.add_done_callback(self._answered)
        return futures

    def _before(self, seconds: float) -> list[Action]:
        """The lease, and what the channel shall remember."""
        lease = round(seconds) + GRACE
        before = [action("AbsoluteTimeout", Channel=self.channel, Timeout=str(lease))]
        before += [self._setvar(name, value) for name, value in self._remember.items()]
        self._remember.clear()
        return before

    def _setvar(self, name: str, value: str) -> Action:
        return action("Setvar", Channel=self.channel, Variable=name, Value=value)

    def _command(self, command: str, number: str) -> Action:
        return action("AGI", Channel=self.channel, Command=command, CommandID=number)

    def _answered(self, answer: "asyncio.Future[Response]") -> None:
        """Success only means queued; what is refused will never bring a result."""
        error = None if answer.cancelled() else answer.exception()
        if isinstance(error, AmiDown):
            self.lost()
        elif isinstance(error, AmiError):
            self._close(CallTakenAway(f"{self.channel} takes no command: {error}"))

    async def _check(self, commands: Sequence[str], replies: Sequence[agi.AgiReply]) -> None:
        for command, reply in zip(commands, replies, strict=True):
            if reply.code == 200 and reply.result != -1:
                continue
            # -1 is a hangup, whose event is on its way, or a command that failed.
            try:
                async with asyncio.timeout(1.0):
                    await self.gone.wait()
            except TimeoutError:
                verb = command.split(" ", 2)[:2]
                raise CommandFailed(f"{' '.join(verb)} failed on {self.channel}") from None
            assert self._closed
            raise self._closed

    def _seconds(self, sounds: Sequence[str]) -> float:
        known = self._durations.get(self._language, {})
        return sum(known.get(sound, UNKNOWN_SOUND) for sound in sounds)


def _paths(sounds: Sequence[str]) -> list[str]:
    return [f"{FOLDER}/{sound}" for sound in sounds]


def _parts(sounds: Sequence[str]) -> list[Sequence[str]]:
    return [sounds[i : i + MOST_SOUNDS] for i in range(0, len(sounds), MOST_SOUNDS)]
