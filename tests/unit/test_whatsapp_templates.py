"""The settings of WhatsApp, and the templates that may be sent outside the 24 hours."""

from pathlib import Path

import pytest

from config.documents import ConfigError
from config.settings import load_settings
from config.settings_whatsapp import WhatsApp
from config.whatsapp_templates import LONGEST_VALUE, NEEDED, load_templates


def test_the_shipped_templates_have_all_that_the_program_sends() -> None:
    found = load_templates(WhatsApp().templates)
    assert found.keys() >= NEEDED.keys()
    values = {"number": "26000001", "deadline": "a\n b\t{c}"}
    fitting = found["ticket_number"].fit(values)
    assert fitting == {"number": "26000001", "deadline": "a b {c}"}
    assert "26000001" in found["ticket_number"].filled(fitting)
    assert len(found["ticket_number"].fit({"number": "x" * 999, "deadline": ""})["number"]) == (
        LONGEST_VALUE
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{number} {day}", "`{day}` has no value"),
        ("{number:>9}", "`{number}` is no place"),
        ("{number", "a brace is not closed"),
    ],
)
def test_a_template_that_could_not_be_filled_is_refused_with_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "templates.yaml"
    file.write_text(f'templates:\n  ticket_number:\n    text: "{text}"\n')
    with pytest.raises(ConfigError) as caught:
        load_templates(file)
    assert any(said in one.message and one.line == 3 for one in caught.value.problems)
    assert any("`could_not_reach` is missing" in one.message for one in caught.value.problems)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("  enabled: true", "WhatsApp is switched on without its number"),
        ("  api: http://graph.example", "this is no address of an API by HTTPS"),
        ("  pair_burst: 46", "pair_burst"),
    ],
)
def test_settings_that_would_not_work_are_refused(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "saluran.yaml").write_text(f"whatsapp:\n{lines}\n")
    with pytest.raises(ConfigError, match=said):
        load_settings(tmp_path)


def test_whatsapp_is_off_until_somebody_decides_otherwise(tmp_path: Path) -> None:
    (tmp_path / "saluran.yaml").write_text("number: '1500587'\n")
    assert not load_settings(tmp_path).whatsapp.enabled
    on = "whatsapp:\n  enabled: true\n  phone_number_id: '106540352242922'\n"
    (tmp_path / "saluran.yaml").write_text(on)
    found = load_settings(tmp_path).whatsapp
    assert found.enabled
    assert found.token_file == tmp_path / "secrets/whatsapp.token"
