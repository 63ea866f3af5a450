"""A flow is read whole or refused whole, with the place and the remedy of every mistake."""

import ast
import re
from pathlib import Path
from textwrap import dedent
from typing import get_args

import jsonschema
import pytest
import yaml

from config import speech
from config.documents import ConfigError
from config.settings_groups import Category
from ivr.flow import (
    CATEGORY,
    LANGUAGES,
    OTHER_LANGUAGE,
    SETTABLE,
    Choice,
    Goodbye,
    Menu,
    Say,
    Slot,
)
from ivr.own_prompts import OWN_PROMPTS
from ivr.schema import schema
from ivr.script import load_flow
from tickets.lifecycle import MOVES

HOTLINE = Path("config/flows/hotline.yaml")
PROMPTS = frozenset(yaml.safe_load(Path("config/prompts/catalogue.yaml").read_text()))

SMALL = dedent("""\
    name: small
    start: welcome
    defaults: {otherwise: bye}
    steps:
      welcome:
        type: say
        say: [greeting, institution]
        then: main
      main:
        type: menu
        say: main-menu
        keys:
          "1": {to: main, set: {category: GANTI, scheme: reseller}}
          "9": {to: main, language: other}
          "*": bye
      bye:
        type: goodbye
        say: goodbye
    """)


def problems_of(folder: Path, text: str) -> list[str]:
    """Every problem as `line:column: message — remedy`."""
    file = folder / "flow.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_flow(file, PROMPTS)
    return [str(problem).removeprefix(f"{file}:") for problem in refused.value.problems]


def the_problem(folder: Path, was: str, becomes: str) -> str:
    """The one problem of SMALL with one change."""
    assert was in SMALL
    (problem,) = problems_of(folder, SMALL.replace(was, becomes))
    return problem


def test_the_hotline_is_sound() -> None:
    flow = load_flow(HOTLINE, PROMPTS)
    assert flow.start == "opening"
    main = flow.steps["main"]
    assert isinstance(main, Menu)
    assert (main.silence, main.tries, main.otherwise) == (5, 3, "operator")
    assert main.keys["1"] == Choice("products", {"category": "GANTI"})
    assert main.keys["9"] == Choice("main", {}, OTHER_LANGUAGE)


def test_a_flow_says_what_its_file_says(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(SMALL)
    flow = load_flow(file, PROMPTS)
    assert flow.steps["welcome"] == Say(("greeting", "institution"), "main")
    assert flow.steps["bye"] == Goodbye(("goodbye",))


def test_any_change_of_the_file_is_another_version(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(SMALL)
    before = load_flow(file, PROMPTS)
    file.write_text(SMALL + "# a remark\n")
    after = load_flow(file, PROMPTS)
    assert before.version != after.version
    assert str(before) == f"small@{before.version}"
    assert len(before.version) == 8


def test_a_dangling_target_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "then: main", "then: mian")
    assert problem.startswith("8:11: welcome leads to 'mian', which is no step")
    assert problem.endswith("did you mean 'main'?")


def test_a_key_to_nowhere_is_refused_at_its_target(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, '"1": {to: main,', '"1": {to: nowhere,')
    assert problem.startswith("13:17: main leads to 'nowhere'")


def test_a_start_that_is_no_step_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "start: welcome", "start: welcom")
    assert problem.startswith("2:8: the flow starts at 'welcom'")
    assert problem.endswith("did you mean 'welcome'?")


def test_a_missing_prompt_is_refused_at_its_own_place(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "[greeting, institution]", "[greeting, institutoin]")
    assert problem.startswith("7:21: welcome plays 'institutoin'")
    assert problem.endswith("did you mean 'institution'?")


def test_a_prompt_that_the_line_says_by_itself_may_not_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(SMALL)
    with pytest.raises(ConfigError, match="has no 'number-right', which the line says by itself"):
        load_flow(file, PROMPTS - {"number-right"})


MODULES = ("asking", "call", "choosing", "conversation", "enquiring", "follow", "promising")


def test_every_prompt_that_a_step_says_is_known_to_the_check() -> None:
    said = {
        node.value
        for name in MODULES
        for node in ast.walk(ast.parse(Path(f"ivr/{name}.py").read_text()))
        if isinstance(node, ast.Constant) and node.value in PROMPTS
    }
    assert said - {"invalid"} <= OWN_PROMPTS  # `invalid` is an event's name there


def test_every_prompt_that_the_pbx_says_alone_is_known_to_the_check() -> None:
    dialplan = Path("config/asterisk/extensions_saluran.conf").read_text()
    said = {prompt for prompt in re.findall(r"saluran/([a-z-]+)", dialplan) if prompt in PROMPTS}
    assert "fallback-open" in said
    assert said <= OWN_PROMPTS


def test_every_status_has_its_words() -> None:
    assert {f"status-{status}" for status in MOVES} <= OWN_PROMPTS


def test_a_round_without_a_key_is_refused(tmp_path: Path) -> None:
    again = "  again:\n    type: say\n    say: all-busy\n    then: welcome\n"
    circle = SMALL.replace("then: main", "then: again") + again
    problems = problems_of(tmp_path, circle)
    assert any("goes round for ever: welcome → again → welcome" in line for line in problems)
    assert any("no way leads to main" in line for line in problems)
    assert any("no way leads to a goodbye" in line for line in problems)


def test_a_menu_that_a_silent_caller_never_leaves_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "otherwise: bye", "otherwise: main")
    assert "goes round for ever: main → main" in problem


def test_a_menu_may_repeat_itself_by_a_key(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(SMALL)
    main = load_flow(file, PROMPTS).steps["main"]
    assert isinstance(main, Menu)
    assert main.keys["9"].to == "main"


def test_an_unreachable_step_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "then: main", "then: bye")
    assert problem.startswith("10:5: no way leads to main")


SLOTS = """\
  number: {type: number, then: promise, otherwise: promise}
  promise: {type: promise, then: offer}
  offer: {type: menu, say: message-offer, keys: {"3": slot}}
  slot: {type: slot, tries: 2, then: offer}
"""


def test_a_step_in_which_a_time_is_chosen_is_read(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(SMALL.replace('"*": bye', '"*": number') + SLOTS)
    assert load_flow(file, PROMPTS).steps["slot"] == Slot(2, "offer")


def test_a_time_to_be_called_at_is_chosen_by_nobody_who_was_promised_no_call(
    tmp_path: Path,
) -> None:
    past = SMALL.replace('"*": bye', '"*": number\n      "2": slot')
    (problem,) = problems_of(tmp_path, past + SLOTS)
    assert "a caller comes to slot who was promised no call" in problem


def test_a_duplicate_key_is_refused_at_the_second(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, '"*": bye', '"1": bye')
    assert problem.startswith("15:7: `1` stands here twice, first in line 13")


def test_a_key_needs_no_quotes_where_it_is_plain(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(SMALL.replace('"1":', "1:"))
    main = load_flow(file, PROMPTS).steps["main"]
    assert isinstance(main, Menu)
    assert set(main.keys) == {"1", "9", "*"}


def test_a_star_without_quotes_is_refused_at_its_place(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, '"*": bye', "*: bye")
    assert problem.startswith("15:")


@pytest.mark.parametrize("key", ["10", "E", "x", "+"])
def test_a_key_that_no_phone_has_is_refused(tmp_path: Path, key: str) -> None:
    problem = the_problem(tmp_path, '"*": bye', f'"{key}": bye')
    assert problem.startswith(f"15:7: {key!r} is no key of a phone")


def test_a_time_without_quotes_stays_text_and_is_no_target(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "then: main", "then: 08:00")
    assert problem.startswith("8:11: '08:00' is no name of a step")


def test_a_time_without_quotes_stays_text_as_a_value(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "scheme: reseller", "scheme: 08:00")
    assert "'08:00' is no value of scheme" in problem


def test_a_tab_is_refused_at_its_place(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "    say: [greeting", "\tsay: [greeting")
    assert problem.startswith("7:1: a tab stands where YAML wants spaces")


def test_an_unknown_category_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "category: GANTI", "category: GANTY")
    assert problem.startswith("13:39: 'GANTY' is no category")
    assert problem.endswith("did you mean 'GANTI'?")


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "scheme: reseller", "schema: reseller")
    assert "a ticket has no field 'schema'" in problem


def test_an_unknown_word_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "    say: main-menu", "    says: x\n    say: main-menu")
    assert problem.startswith("11:5: `says` is not known here")


def test_a_step_of_no_known_type_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "type: goodbye", "type: goodby")
    assert problem.startswith("17:5: the step has no known type — give it one of the types hours,")


def test_a_step_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, SMALL + "  more: goodbye\n")
    assert problem.startswith("19:9: the step has no known type")


def test_a_flow_without_a_way_out_for_the_helpless_is_refused(tmp_path: Path) -> None:
    problem = the_problem(tmp_path, "defaults: {otherwise: bye}\n", "")
    assert "`defaults` is missing" in problem


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    bad = SMALL.replace("institution", "institutoin").replace("GANTI", "GANTY")
    problems = problems_of(tmp_path, bad.replace('"*": bye', '"*": by'))
    assert [line.split(":")[0] for line in problems] == ["7", "13", "15"]


def test_the_schema_for_editors_is_current() -> None:
    assert Path("config/flows/schema.json").read_text() == schema(), (
        "write it anew: scripts/saluran schema flow > config/flows/schema.json"
    )


def test_the_schema_accepts_the_hotline_and_refuses_a_wrong_key() -> None:
    judge = jsonschema.Draft202012Validator(yaml.safe_load(schema()))
    hotline = yaml.safe_load(HOTLINE.read_text())
    assert not list(judge.iter_errors(hotline))
    hotline["steps"]["main"]["keys"]["E"] = "operator"
    assert list(judge.iter_errors(hotline))


def test_a_key_can_set_every_category_but_the_one_for_nothing_set() -> None:
    assert SETTABLE[CATEGORY] == frozenset(get_args(Category)) - {"UMUM"}


def test_flows_and_sounds_know_the_same_languages() -> None:
    assert LANGUAGES == speech.LANGUAGES
