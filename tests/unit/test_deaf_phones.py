"""A phone that says nothing when it is rung is given up; one that rings is left alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ivr.ami import AmiRefused, Event
from ivr.deaf_phones import DeafPhones

CALLED = {"Queue": "umum", "MemberName": "6001", "Interface": "PJSIP/6001"}


class Pbx:
    """A link to a PBX whose agent's channel is in one state."""

    def __init__(self, state: str, unique: str = "2") -> None:
        self.state, self.unique = state, unique
        self.on_down: list[Callable[[], None]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.looked = asyncio.Event()
        self._handlers: dict[str, Callable[[Event], None]] = {}

    def on_event(self, name: str, handler: Callable[[Event], None]) -> None:
        self._handlers[name] = handler

    async def collect(self, *_: str, **__: str) -> list[Event]:
        self.looked.set()
        if not self.state:
            raise AmiRefused("No such channel")
        return [Event("Status", {"Uniqueid": self.unique, "ChannelStateDesc": self.state})]

    async def ask(self, name: str, **headers: Any) -> None:
        self.asked.append((name, headers))

    def tells(self, name: str, **keys: str) -> None:
        self._handlers[name](Event(name, CALLED | keys))


async def rung(pbx: Pbx) -> None:
    """Until the phone has been looked at, and what follows of it is done."""
    phones = DeafPhones(pbx, patience=0.0)  # type: ignore[arg-type]
    pbx.tells("AgentCalled", DestChannel="PJSIP/6001-1", DestUniqueid="2")
    await asyncio.wait_for(pbx.looked.wait(), 5)
    await asyncio.gather(*phones._looking)


async def test_who_says_nothing_is_given_up() -> None:
    pbx = Pbx("Down")
    await rung(pbx)
    assert pbx.asked == [("Hangup", {"Channel": "PJSIP/6001-1"})]


@pytest.mark.parametrize("state", ["Ringing", "Up", ""])
async def test_who_rings_has_answered_or_is_gone_is_left_alone(state: str) -> None:
    pbx = Pbx(state)
    await rung(pbx)
    assert pbx.asked == []


async def test_another_call_at_the_same_name_is_left_alone() -> None:
    pbx = Pbx("Down", unique="3")
    await rung(pbx)
    assert pbx.asked == []


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ("AgentConnect", "DestUniqueid"),
        ("AgentRingNoAnswer", "DestUniqueid"),
        ("Hangup", "Uniqueid"),
    ],
)
async def test_what_is_over_is_not_looked_at(event: str, key: str) -> None:
    pbx = Pbx("Down")
    phones = DeafPhones(pbx, patience=0.0)  # type: ignore[arg-type]
    pbx.tells("AgentCalled", DestChannel="PJSIP/6001-1", DestUniqueid="2")
    pbx.tells(event, **{key: "2"})
    await asyncio.sleep(0)
    assert not phones._alarms
    assert not pbx.looked.is_set()
