"""What `saluran check` finds has words in both languages for the desk's page."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

from config.calendar import Closing
from tickets.web.language import dictionaries


def keys() -> Iterator[tuple[str, bool]]:
    """Every key that a check gives its finding, with whether a remedy goes with it."""
    for file in Path("scripts/check").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                named = {one.arg: one.value for one in node.keywords}
                key = node.args[3] if len(node.args) > 3 else named.get("key")
                if isinstance(key, ast.Constant):
                    yield str(key.value), len(node.args) > 2


def test_each_has_a_text_and_a_remedy_where_something_is_to_be_done() -> None:
    found = list(keys())
    assert len(found) > 20
    reasons = get_args(get_type_hints(Closing)["reason"])
    names = {f"closed_{reason}" for reason in reasons} | {"closed_by_name", "clock_moved", "clock"}
    for words in dictionaries().values():
        for name in names | {key for key, _ in found}:
            assert f"health.say.check_{name}" in words
        for key, wants_work in found:
            assert (f"health.do.check_{key}" in words) == wants_work, key
