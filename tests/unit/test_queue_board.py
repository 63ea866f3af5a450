"""What the board makes of events that come faster than it can ask the PBX about them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ivr.ami import AmiRefused, Event
from ivr.facts import Fact
from ivr.facts_queue import AgentAnswered, QueueJoined, QueueLeft, TalkEnded
from ivr.ids import call_id
from ivr.members import Members
from ivr.queue_board import QueueBoard

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ENTRY = UUID("01a20c4d-8236-721d-a43e-c73213864023")
UNIQUEID = "pbx1-1795502755.4"
CALL = call_id("pbx1", UNIQUEID)


class GoneAlready:
    """A link to a PBX on which every channel is gone by the time that it is asked about."""

    def __init__(self) -> None:
        self.on_up: list[Any] = []
        self.on_down: list[Any] = []
        self._handlers: dict[str, Callable[[Event], None]] = {}

    def on_event(self, name: str, handler: Callable[[Event], None]) -> None:
        self._handlers[name] = handler

    async def collect(self, *_: str, **__: str) -> list[Event]:
        raise AmiRefused("No such channel")

    def tells(self, name: str, **keys: str) -> None:
        told = {"Queue": "umum", "Uniqueid": UNIQUEID, "Channel": "PJSIP/trunk-01", **keys}
        self._handlers[name](Event(name, told))


async def told(*, expected: bool) -> tuple[QueueBoard, list[Fact]]:
    """The facts of a caller who is answered and hangs up before the board looks at them."""
    facts: list[Fact] = []
    ami = GoneAlready()
    board = QueueBoard(ami, Members(), facts.append, lambda: NOW, "pbx1")  # type: ignore[arg-type]
    if expected:
        board.expect(ENTRY, CALL, "umum", NOW, 1)
    ami.tells("QueueCallerJoin", Position="1")
    ami.tells("QueueCallerLeave", Position="1")
    ami.tells("AgentConnect", MemberName="6001", HoldTime="3", RingTime="2")
    ami.tells("AgentComplete", MemberName="6001", TalkTime="0", Reason="caller")
    ami.tells("Hangup", Cause="16")
    running = asyncio.create_task(board.run())
    await board.caught_up()
    running.cancel()
    return board, facts


async def test_a_caller_who_is_gone_before_the_pbx_can_be_asked_has_their_stay_and_talk() -> None:
    board, facts = await told(expected=True)
    joined, left, answered, ended = facts
    assert isinstance(joined, QueueJoined)
    assert (joined.entry, joined.call, joined.since, joined.priority) == (ENTRY, CALL, NOW, 1)
    assert isinstance(left, QueueLeft)
    assert isinstance(answered, AgentAnswered)
    assert (left.how, answered.agent, answered.waited) == ("answered", "6001", 3.0)
    assert isinstance(ended, TalkEnded)
    assert ended.ended_by == "caller"
    assert board.agent_of(ENTRY) == "6001"


async def test_of_a_stranger_who_is_gone_nothing_is_told() -> None:
    board, facts = await told(expected=False)
    assert facts == []
    assert board.waiting("umum") == ()
