"""An agent's one state, from what the PBX's queues tell of their members."""

import pytest

from ivr.ami import Event
from ivr.members import AgentState, Members, member, state_of


def told(queue: str, **more: str) -> Event:
    return Event("QueueMemberPause", {"Queue": queue, "Interface": "PJSIP/6001", **more})


def put(*events: Event) -> Members:
    members = Members()
    for event in events:
        one = member(event)
        assert one
        members.put(one)
    return members


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("salat", AgentState("paused", "salat")),
        ("Auto-Pause", AgentState("paused", "ring_no_answer")),
        ("device_lost", AgentState("paused", "device_lost")),
        ("wrap_up", AgentState("wrapping_up")),
        ("wrap_up_more", AgentState("wrapping_up")),
        ("", AgentState("paused")),
    ],
)
def test_the_reason_of_the_pause_tells_what_an_agent_does(reason: str, state: AgentState) -> None:
    members = put(told("umum", Paused="1", PausedReason=reason))
    assert state_of(members.of("6001")) == state


def test_a_reason_that_outlived_its_pause_is_none() -> None:
    members = put(told("umum", Paused="0", PausedReason="salat"))
    assert state_of(members.of("6001")) == AgentState("ready")


def test_paused_in_one_queue_is_paused() -> None:
    members = put(told("umum", Paused="0"), told("produsen", Paused="1", PausedReason="rapat"))
    assert state_of(members.of("6001")) == AgentState("paused", "rapat")


def test_out_of_the_last_queue_is_logged_out() -> None:
    members = put(told("umum"), told("produsen"))
    members.drop("umum", "6001")
    assert state_of(members.of("6001")) == AgentState("ready")
    members.drop("produsen", "6001")
    assert state_of(members.of("6001")) == AgentState("out")
    assert list(members) == []


def test_what_is_not_listed_is_dropped() -> None:
    members = put(told("umum"), told("produsen"))
    members.keep({("umum", "6001")})
    assert list(members.of("6001")) == ["umum"]


@pytest.mark.parametrize("interface", ["Local/6001@x", "PJSIP/trunk", "PJSIP/6001x", "PJSIP/06001"])
def test_what_is_no_agents_phone_is_no_agent(interface: str) -> None:
    assert member(Event("QueueMemberAdded", {"Queue": "umum", "Interface": interface})) is None
