"""Placeholders, from the PBX's events."""

from collections.abc import Callable
from uuid import uuid4

from ivr.ami import Event
from ivr.callback_live import LivePlaceholders


class Link:
    """Where handlers are heard of events."""

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[Event], None]] = {}

    def on_event(self, name: str, handler: Callable[[Event], None]) -> None:
        self.handlers[name] = handler


def test_what_has_ended_is_neither_judged_nor_made_again_before_its_notes_are_read() -> None:
    link, attempt = Link(), uuid4()
    live = LivePlaceholders(
        link,  # type: ignore[arg-type]
        ended=lambda: None,
        asked=lambda _: None,
        refused=lambda: None,
    )
    live.expect(attempt)
    link.handlers["Hangup"](Event("Hangup", {"Uniqueid": f"callback-{attempt}-2"}))
    assert live.get(attempt) is None
    assert attempt in live
    live.reading()
    assert attempt not in live
