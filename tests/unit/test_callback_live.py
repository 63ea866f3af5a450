"""Which placeholders live, and which have ended and wait to be settled."""

from collections.abc import Callable
from uuid import UUID

from ivr.ami import Event
from ivr.callback_live import LivePlaceholders

ATTEMPT = UUID("01a20c4d-8236-721d-a43e-c73213864023")


class Link:
    """Says what a PBX would tell."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[[Event], None]] = {}

    def on_event(self, name: str, handler: Callable[[Event], None]) -> None:
        self._handlers[name] = handler

    def tells(self, name: str, half: int) -> None:
        self._handlers[name](Event(name, {"Uniqueid": f"callback-{ATTEMPT}-{half}"}))


def standing() -> tuple[LivePlaceholders, Link, list[str]]:
    """One that stands in its queue, and what is called about it."""
    link, told = Link(), list[str]()
    live = LivePlaceholders(
        link,  # type: ignore[arg-type]
        ended=lambda: told.append("ended"),
        asked=lambda _: told.append("asked"),
        refused=lambda: told.append("refused"),
    )
    live.expect(ATTEMPT)
    link.tells("QueueCallerJoin", 1)
    return live, link, told


def test_one_that_an_agent_had_is_over_until_it_is_settled() -> None:
    live, link, told = standing()
    link.tells("AgentConnect", 1)
    link.tells("Hangup", 2)
    assert ATTEMPT not in live
    assert (live.over, told) == ({ATTEMPT}, ["ended"])


def test_one_that_nobody_took_may_be_put_in_again() -> None:
    live, link, told = standing()
    link.tells("Hangup", 2)
    assert ATTEMPT not in live
    assert (live.over, told) == (set(), [])
