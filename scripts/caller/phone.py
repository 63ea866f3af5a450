"""A SIP phone without a sound card: dials, and keeps the audio of all its calls flowing."""

import asyncio
import contextlib
import itertools
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from baresip import Runtime, StackEvent, UserAgent

from scripts.caller import stack
from scripts.caller.call import Call
from scripts.caller.sounds import Sounds

TICK = 0.02
"""Seconds between two exchanges of audio: one packet."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """The other end: the number and where its PBX listens."""

    number: str
    host: str
    port: int


class Phone:
    """Callers of one line.

    async with Phone(line, sounds) as phone, phone.dials(caller="+62812…") as call: …
    """

    _runtime: Runtime

    def __init__(self, line: Dialled, sounds: Path, keep: Path, tick: float = TICK) -> None:
        self._line = line
        self._sounds = Sounds(sounds)
        self._keep = keep
        self._tick = tick
        self._agents: dict[str, UserAgent] = {}
        self._calls: dict[int, Call] = {}
        self._early: dict[int, list[StackEvent]] = {}
        self._dialling = 0
        self._names = itertools.count(1)
        # In a thread of its own: the stack drops what is not read in time, and comparing sounds
        # can keep the event loop busy for longer than that.
        self._closing = threading.Event()
        self._audio = threading.Thread(target=self._pump, name="audio", daemon=True)

    async def __aenter__(self) -> Self:
        self._runtime = await stack.join()
        self._runtime.subscribe(self._on_event)
        # Each exchange of audio gives the interpreter away and waits to get it back: with the usual
        # 5 ms a busy event loop would starve the audio of thirty calls.
        self._switches = sys.getswitchinterval()
        sys.setswitchinterval(0.0005)
        self._audio.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await asyncio.to_thread(self._audio.join)
        sys.setswitchinterval(self._switches)
        self._runtime.unsubscribe(self._on_event)
        await stack.leave()

    @contextlib.asynccontextmanager
    async def dials(
        self,
        number: str | None = None,
        *,
        caller: str = "081234567890",
        headers: Mapping[str, str] | None = None,
        timeout: float = 10,  # noqa: ASYNC109
    ) -> AsyncIterator[Call]:
        """A call that was answered; hung up at the end, if it still stands.

        `caller` is the user part of the From header. What cannot stand there goes into `headers`,
        e.g. `P-Asserted-Identity`, as a trunk would send it.
        """
        call = await self._dial(number or self._line.number, caller, headers or {})
        try:
            await call.answered(timeout)
            yield call
        finally:
            await call.hangs_up()
            self._forget(call)

    async def _dial(self, number: str, caller: str, headers: Mapping[str, str]) -> Call:
        agent = await self._agent(caller)
        uri = f"sip:{number}@{self._line.host}:{self._line.port}"
        self._dialling += 1
        try:
            leg = await agent.dial(uri, dict(headers))
        finally:
            self._dialling -= 1
        call = Call(leg, self._sounds, self._keep, f"call-{next(self._names):03}", number)
        self._calls[leg.handle] = call
        # The answer may be quicker than `dial`.
        for event in self._early.pop(leg.handle, []):
            call.on_event(event)
        return call

    async def _agent(self, caller: str) -> UserAgent:
        """One identity per caller; the stack keeps them until it closes."""
        if caller not in self._agents:
            place = f"{self._line.host}:{self._line.port}"
            address = f"<sip:{caller}@{place};transport=udp>" if caller else f"<sip:{place}>"
            settings = "regint=0;answermode=manual;audio_codecs=pcma;dtmfmode=rtpevent"
            self._agents[caller] = await UserAgent.create(self._runtime, f"{address};{settings}")
        return self._agents[caller]

    def _on_event(self, event: StackEvent) -> None:
        if not event.call:
            return
        if call := self._calls.get(event.call):
            call.on_event(event)
        elif self._dialling:
            self._early.setdefault(event.call, []).append(event)

    def _forget(self, call: Call) -> None:
        for handle in [handle for handle, other in self._calls.items() if other is call]:
            del self._calls[handle]
            self._early.pop(handle, None)

    def _pump(self) -> None:
        while not self._closing.wait(self._tick):
            for call in list(self._calls.values()):
                call.pump()
