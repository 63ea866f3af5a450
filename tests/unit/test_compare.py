"""What differs between two menus is told, and marked upon their pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.prompts import Catalogue
from ivr.compare import Detail, How, StepChange, compare
from ivr.draw import svg
from ivr.flow import Flow
from ivr.script import flow_of

CATALOGUE = Catalogue.load(Path("config/prompts"))
TEXT = Path("config/flows/hotline.yaml").read_text()


def flow(text: str) -> Flow:
    return flow_of("hotline.yaml", text.encode(), CATALOGUE.ids)


def changed(change: Callable[[str], str]) -> list[StepChange]:
    return compare(flow(TEXT), flow(change(TEXT)))


def test_the_same_menu_in_other_words_does_not_differ() -> None:
    assert changed(lambda text: text + "\n# nothing\n") == []


def test_what_a_key_notes_is_named() -> None:
    (change,) = changed(lambda text: text.replace("set: {category: GANTI}", "language: en", 1))
    was, now = "→ products, category: GANTI", "→ products, language: en"
    assert change == StepChange("main", How.CHANGED, (Detail("keys 1", was, now),))
    picture = svg(flow(TEXT), lambda _: "", None, [change])
    # At the box and at the key.
    assert picture.count("±") == 2


def test_steps_come_and_go() -> None:
    more = TEXT.replace("steps:\n", "steps:\n  extra: {type: goodbye, say: goodbye}\n", 1)
    more = more.replace("start: ", "start: ", 1)
    first = TEXT.partition("start: ")[2].split()[0]
    more = more.replace(f"start: {first}", "start: before", 1).replace(
        "  extra: {type: goodbye, say: goodbye}\n",
        f"  before: {{type: hours, open: {first}, closed: extra}}\n"
        "  extra: {type: goodbye, say: goodbye}\n",
        1,
    )
    told = compare(flow(TEXT), flow(more))
    assert [(one.step, one.how) for one in told] == [
        ("", How.CHANGED),
        ("before", How.ADDED),
        ("extra", How.ADDED),
    ]
    back = compare(flow(more), flow(TEXT))
    assert [one.how for one in back] == [How.CHANGED, How.REMOVED, How.REMOVED]
    picture = svg(flow(more), lambda _: "", None, told, {"added": "baru"}.get)  # type: ignore[arg-type]
    assert picture.count("+ baru") == 2


@pytest.mark.parametrize("how", How)
def test_no_mark_is_a_colour_alone(how: How) -> None:
    picture = svg(flow(TEXT), lambda _: "", None, [StepChange("main", how)], lambda how: f"«{how}»")
    assert f"«{how}»" in picture


def test_a_title_is_a_change_that_is_told() -> None:
    (change,) = changed(lambda text: text.replace('en: "Main menu"', 'en: "Choices"', 1))
    told = (Detail("title en", "Main menu", "Choices"),)
    assert change == StepChange("main", How.CHANGED, told)
