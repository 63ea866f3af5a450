"""Ready texts are checked with their lines; what they are filled with is never read for places."""

from pathlib import Path

import pytest

from config.documents import ConfigError
from config.macros import PLACES, Macro, load_macros
from config.settings_groups import Files

VALUES = {place: f"<{place}>" for place in PLACES}


def test_every_text_of_ours_can_be_filled() -> None:
    found = load_macros(Files().macros)
    assert len(found) > 5
    for macro in found.values():
        assert "{" not in macro.filled(VALUES)
    assert found["syarat-kur"].is_for("KUR")
    assert not found["syarat-kur"].is_for("GANTI")
    assert found["salam"].is_for("GANTI")


def test_what_a_person_is_called_is_no_place() -> None:
    macro = Macro(title="a", text="{name} {{x}} {number}")
    assert macro.filled(VALUES | {"name": "{number}"}) == "{number} {x} <number>"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('macros: {a: {title: t, text: "{pin}"}}\n', ":1:30: ", "`{pin}` is no place"),
        ('macros: {a: {title: t, text: "{name.x}"}}\n', ":1:30: ", "is no place"),
        ('macros: {a: {title: t, text: "{name!r}"}}\n', ":1:30: ", "is no place"),
        ('macros: {a: {title: t, text: "{name"}}\n', ":1:30: ", "a brace is not closed"),
        ("macros: {a: {title: t}}\n", ":1:", "text"),
        ("macros: {A: {title: t, text: x}}\n", ":1:", ""),
        ("macros: {a: {title: t, text: x, categories: [NONE]}}\n", ":1:", ""),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    file = tmp_path / "macros.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_macros(file)
    assert f"{file}{place}" in str(raised.value)
    assert said in str(raised.value)
