"""Actions that wait for their answers. Whatever happens, every future here is settled."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivr.ami_errors import AmiBusy, AmiError, AmiForbidden, AmiGarbled, AmiRefused, AmiTimeout
from ivr.ami_wire import Event, Response

MOST_PENDING = 4096
MOST_EVENTS = 100_000
"""The most events that one list action may bring."""


@dataclass(slots=True)
class _Collection:
    complete: str
    done: asyncio.Future[list[Event]]
    events: list[Event] = field(default_factory=list)


class Pending:
    """Futures by action id: of the answers, and of the lists of events that follow some."""

    def __init__(self, futures: dict[str, asyncio.Future[Response]]) -> None:
        self._futures = futures
        self._names: dict[str, str] = {}
        self.collections: dict[str, _Collection] = {}

    def expect(self, action_id: str, name: str, timeout: float) -> asyncio.Future[Response]:
        """The future of an answer; it fails with `AmiTimeout` after `timeout` seconds."""
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        if len(self._futures) >= MOST_PENDING:
            _fail(future, AmiBusy(f"{MOST_PENDING} AMI actions wait for answers: {name} not sent"))
            return future
        self._futures[action_id] = future
        self._names[action_id] = name
        _within(timeout, future, f"the PBX did not answer {name} within {timeout:g} s")
        future.add_done_callback(lambda _: self._forget(action_id))
        return future

    def collect(self, action_id: str, complete: str, timeout: float) -> asyncio.Future[list[Event]]:
        """The events of a list action, up to the one called `complete`, without it."""
        future: asyncio.Future[list[Event]] = asyncio.get_running_loop().create_future()
        self.collections[action_id] = _Collection(complete, future)
        _within(timeout, future, f"the PBX did not send {complete} within {timeout:g} s")
        future.add_done_callback(lambda _: self.collections.pop(action_id, None))
        return future

    def answered(self, response: Response) -> None:
        """Settle the future that the response belongs to, if it is still waited for."""
        action_id = response.get("ActionID")
        future = self._futures.get(action_id)
        if future is None or future.done():
            return
        if response.is_error():
            _fail(future, _refusal(self._names[action_id], response.get("Message")))
        else:
            future.set_result(response)

    def listed(self, event: Event) -> None:
        """Keep an event of a list action, or settle the list that it completes."""
        found = self.collections.get(event.get("ActionID"))
        if found is None or found.done.done():
            return
        if event.name == found.complete:
            found.done.set_result(found.events)
        elif len(found.events) >= MOST_EVENTS:
            _fail(found.done, AmiGarbled(f"more than {MOST_EVENTS} events before {found.complete}"))
        else:
            found.events.append(event)

    def fail(self, make: Callable[[], AmiError]) -> None:
        """Fail everything that waits; each future gets an exception of its own."""
        for answer in tuple(self._futures.values()):
            _fail(answer, make())
        for collection in tuple(self.collections.values()):
            _fail(collection.done, make())

    def _forget(self, action_id: str) -> None:
        self._futures.pop(action_id, None)
        self._names.pop(action_id, None)


def _refusal(name: str, message: str) -> AmiRefused:
    if message == "Permission denied":
        return AmiForbidden(
            f"the AMI user has no right to {name}: add it to `write` of its section in manager.conf"
        )
    return AmiRefused(message)


def _within(timeout: float, future: asyncio.Future[Any], words: str) -> None:
    timer = asyncio.get_running_loop().call_later(timeout, _fail, future, AmiTimeout(words))
    future.add_done_callback(lambda _: timer.cancel())


def _fail(future: asyncio.Future[Any], error: AmiError) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # marks it as seen: an answer that nobody waits for is no fault
