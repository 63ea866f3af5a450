"""What an agent may say became of a talk is a list by category, checked with its lines."""

from pathlib import Path

import pytest

from config.dispositions import load_dispositions
from config.documents import ConfigError
from config.settings_groups import Files


def test_a_category_has_the_common_codes_and_its_own() -> None:
    found = load_dispositions(Files().dispositions)
    assert found.of("GANTI").keys() - found.common.keys() == {"11", "12"}
    assert found.of(None) == found.of("UMUM") == found.common
    assert {"01", "11", "92"} <= found.codes


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('common:\n  "1": {id: a, en: b}\n', ":2:3: ", ""),
        ("common: {}\n", ":1:9: ", ""),
        ('common:\n  "01": {id: a}\n', ":2:9: ", "en"),
        (
            'common:\n  "01": {id: a, en: b}\ncategories:\n  GANTI:\n    "01": {id: c, en: d}\n',
            ":5:5: ",
            "`01` is one of `common` already",
        ),
        ('common:\n  "01": {id: a, en: b}\ncategories:\n  LAIN: {}\n', ":4:3: ", ""),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    file = tmp_path / "dispositions.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_dispositions(file)
    assert f"{file}{place}" in str(raised.value)
    assert said in str(raised.value)
