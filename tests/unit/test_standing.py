"""How a callback stands, by its state and the time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tickets.cases.callbacks import CallbackRow
from tickets.web.language import dictionaries
from tickets.web.pages.standing import standing

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
FORGIVEN = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


def row(**given: Any) -> CallbackRow:
    values: dict[str, Any] = {
        "id": UUID(int=1),
        "number": "26000017",
        "category": "INFO",
        "phone": "+6281234567890",
        "type": "slot",
        "state": "waiting",
        "reason": None,
        "due": NOW + 10 * MINUTE,
        "promised": NOW + 10 * MINUTE,
        "since": NOW - 60 * MINUTE,
        "settled_at": None,
        "kept_at": None,
        "priority": 0,
        "tries": 0,
        "version": "1",
    }
    return CallbackRow(**values | given)


@pytest.mark.parametrize(
    ("given", "name", "level", "minutes"),
    [
        ({}, "promised", "far", 0),
        ({"due": NOW, "promised": NOW}, "due", "soon", 0),
        ({"due": NOW - MINUTE, "promised": NOW - 15 * MINUTE}, "due", "soon", 0),
        ({"due": NOW, "promised": NOW - 16 * MINUTE}, "late", "late", 16),
        ({"due": NOW + MINUTE, "promised": NOW - 16 * MINUTE}, "late", "late", 16),
        ({"due": NOW + 5 * MINUTE, "promised": NOW - 5 * MINUTE}, "again", "far", 0),
        ({"state": "dialling"}, "dialling", "soon", 0),
        ({"state": "human", "reason": "no_answer"}, "failed", "late", 0),
        ({"state": "human", "reason": "taken"}, "taken", "late", 0),
        ({"state": "cancelled"}, "cancelled", "far", 0),
        ({"state": "done", "settled_at": NOW}, "done", "good", 0),
        ({"state": "done", "kept_at": NOW, "promised": NOW}, "kept", "good", 0),
        (
            {"state": "done", "kept_at": NOW, "promised": NOW - 20 * MINUTE},
            "kept_late",
            "soon",
            20,
        ),
    ],
)
def test_it_stands_so(given: dict[str, Any], name: str, level: str, minutes: int) -> None:
    found = standing(row(**given), NOW, FORGIVEN)
    if name not in ("late", "kept_late"):
        assert found.late == timedelta()
    assert (found.name, found.level, found.minutes) == (name, level, minutes)
    assert all(f"callbacks.standing.{name}" in words for words in dictionaries().values())
