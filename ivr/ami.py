"""The one link to a PBX's manager interface: a session that is kept, and what it is asked."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from asterisk.ami import Action, EventListener

from ivr.ami_errors import (
    AmiBusy,
    AmiDown,
    AmiError,
    AmiForbidden,
    AmiGarbled,
    AmiLoginRefused,
    AmiRefused,
    AmiTimeout,
    AmiUnsafe,
)
from ivr.ami_transport import AmiAddress, AmiTransport, in_words, never_sent, not_up
from ivr.ami_wire import Event, Response, Value, action

__all__ = [
    "Action",
    "Ami",
    "AmiAddress",
    "AmiBusy",
    "AmiDown",
    "AmiError",
    "AmiForbidden",
    "AmiGarbled",
    "AmiLoginRefused",
    "AmiRefused",
    "AmiTimeout",
    "AmiUnsafe",
    "Event",
    "Response",
    "action",
]

MISSES = 2
FIRST_DELAY, LONGEST_DELAY = 0.1, 10.0
"""Seconds between attempts to connect, before jitter."""


class Ami(AmiTransport):
    """A session that comes back by itself, and never sends anything twice.

    `ping` seconds lie between two pings, and a ping is missed when not answered within them;
    `timeout` seconds are the time to connect, and to answer an action.
    """

    def __init__(
        self,
        address: AmiAddress,
        user: str,
        secret: str,
        *,
        ping: float = 2.0,
        timeout: float = 5.0,
    ) -> None:
        super().__init__(address, timeout=timeout)
        self.on_up: list[Callable[[], Awaitable[None]]] = []
        """Run as tasks after each login; cancelled when the link is lost before they end."""
        self.on_down: list[Callable[[], None]] = []
        self.lag: float | None = None
        """Seconds of the last ping's round trip; None before the first."""
        self._user, self._secret, self._ping = user, secret, ping
        self._up = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    # What the application uses.

    @property
    def connected(self) -> bool:
        """Whether there is a session that is logged in."""
        return self._up.is_set()

    async def wait_up(self) -> None:
        """Wait until the session is logged in."""
        await self._up.wait()

    def on_event(self, name: str, handler: Callable[[Event], None]) -> None:
        """Call `handler` with every event of that name, from now on; it must not block."""
        self.add_event_listener(
            EventListener(on_event=lambda event, source: handler(event), white_list=name)
        )

    async def ask(self, name: str, /, **headers: Value) -> Response:
        """Send one action and wait for its answer.

        Raises `AmiRefused`, `AmiForbidden`, `AmiDown`, `AmiTimeout`, `AmiBusy`, `AmiUnsafe`.
        """
        return await self.post([action(name, **headers)])[0]

    def post(self, actions: Sequence[Action]) -> list[asyncio.Future[Response]]:
        """Send actions in one write, in order; each has a future that is always settled.

        Raises `AmiUnsafe`, and then sends none; everything else is in the futures.
        """
        if not self.connected:
            return [never_sent() for _ in actions]
        return self._write(actions, self._timeout)

    async def collect(self, name: str, complete: str, /, **headers: Value) -> list[Event]:
        """Send an action that answers with events, and wait for them all.

        `complete` is the name of the last event, e.g. `StatusComplete`; it is not returned.
        Raises what `ask` raises.
        """
        if not self.connected:
            raise not_up()
        asked = action(name, **headers)
        answer = self.post([asked])[0]
        events = self._pending.collect(asked.keys["ActionID"], complete, self._timeout)
        try:
            await answer
            return await events
        finally:
            events.cancel()

    async def run(self) -> None:
        """Keep the session: connect, log in, ping, and connect again, until cancelled."""
        loop = asyncio.get_running_loop()
        delay, attempt = FIRST_DELAY, 0
        while True:
            began, attempt = loop.time(), attempt + 1
            try:
                await self._session()
            except Exception as error:
                if loop.time() - began > LONGEST_DELAY:
                    delay, attempt = FIRST_DELAY, 1
                if isinstance(error, AmiLoginRefused):
                    delay = LONGEST_DELAY
                self._tell_failure(error, attempt)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))
            delay = min(delay * 2, LONGEST_DELAY)

    # How the session is kept.

    async def _session(self) -> None:
        """One session from connecting to its loss. Always raises."""
        try:
            await self.connect()
            await self.log_in(self._user, self._secret)
            self._rise()
            await self.listen()
        finally:
            await self._end()

    def connection_lost(self, error: Exception | None) -> None:
        was_up = self.connected
        self._up.clear()
        super().connection_lost(error)
        if was_up:
            for handler in self.on_down:
                self._isolated(handler)

    def _rise(self) -> None:
        self._up.set()
        self._log.info("ami.up", user=self._user, version=self._ami_version)
        for start in self.on_up:
            task = asyncio.ensure_future(self._watched(start))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def listen(self) -> None:
        """Ping until the link is lost; raises the reason."""
        misses = 0
        while True:
            await asyncio.wait({self._lost}, timeout=0 if misses else self._ping)
            self._raise_if_lost()
            misses = 0 if await self._pong() else misses + 1
            if misses == MISSES:
                raise AmiDown(f"the PBX did not answer {MISSES} pings of {self._ping:g} s each")

    async def _pong(self) -> bool:
        loop = asyncio.get_running_loop()
        sent = loop.time()
        try:
            await self._write([action("Ping")], self._ping)[0]
        except AmiTimeout:
            return False
        finally:
            self.lag = loop.time() - sent
        return True

    async def _end(self) -> None:
        await self.close()
        for task in self._tasks:
            task.cancel()

    async def _watched(self, start: Callable[[], Awaitable[None]]) -> None:
        try:
            await start()
        except AmiDown as down:
            self._log.warning("ami.on_up_cut", task=repr(start), reason=str(down))
        except Exception:
            self._log.exception("ami.on_up_failed", task=repr(start))

    def _tell_failure(self, error: Exception, attempt: int) -> None:
        fields: Mapping[str, Any] = {"reason": in_words(error), "attempt": attempt}
        if isinstance(error, AmiError | OSError):
            self._log.warning("ami.down", **fields)
        else:
            self._log.error("ami.down", exc_info=error, **fields)
