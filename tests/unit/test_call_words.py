"""What happens in a call is told in words, in both languages."""

import re
from pathlib import Path

import pytest

from tickets.web.language import LANGUAGES, dictionaries

NOTED = re.compile(r"""\btalk\.note\(\s*"([a-z_]+)\"""")
WAYS = ("answered", "abandoned", "timeout", "key", "closed", "empty", "moved", "taken", "lost")
"""As `ivr.facts_queue.QueueLeft` has them."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_every_way_out_of_a_queue_has_a_word(language: str) -> None:
    words = dictionaries()[language]
    noted = {
        event
        for file in Path("ivr").glob("*.py")
        for event in NOTED.findall(file.read_text("utf-8"))
    }
    assert {"confirmed", "promised", "queued"} <= noted
    assert [event for event in sorted(noted) if f"calls.events.{event}" not in words] == []
    assert [way for way in WAYS if f"calls.how_it.{way}" not in words] == []
