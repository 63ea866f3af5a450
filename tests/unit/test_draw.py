"""The picture of a menu shows every step and every way, and nothing overlaps."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from ivr.draw import mermaid, svg
from ivr.draw.layout import WIDTH, Box, layout
from ivr.draw.words import KINDS, WAYS
from ivr.flow import Choice, Flow, Goodbye, Menu, ways
from ivr.script import load_flow

CATALOGUE = yaml.safe_load(Path("config/prompts/catalogue.yaml").read_text())


@pytest.fixture(scope="module")
def hotline() -> Flow:
    return load_flow(Path("config/flows/hotline.yaml"), frozenset(CATALOGUE))


def indonesian(prompt: str) -> str:
    return str(CATALOGUE[prompt]["id"])


def test_the_committed_picture_is_current(hotline: Flow) -> None:
    assert Path("docs/menu.svg").read_text() == svg(hotline, indonesian), (
        "draw it anew: scripts/saluran flow draw > docs/menu.svg"
    )


def test_every_step_is_drawn_once(hotline: Flow) -> None:
    picture = ElementTree.fromstring(svg(hotline, indonesian))  # noqa: S314 our own drawing
    names = [
        text.text
        for text in picture.iter("{http://www.w3.org/2000/svg}text")
        if text.get("class") == "name"
    ]
    assert sorted(map(str, names)) == sorted(hotline.steps)


def test_every_way_is_named_or_drawn(hotline: Flow) -> None:
    for name, box in layout(hotline).items():
        assert set(ways(hotline.steps[name])) == {*box.rows, *box.drawn}


def test_no_two_boxes_overlap(hotline: Flow) -> None:
    def apart(one: Box, other: Box) -> bool:
        return (
            abs(one.x - other.x) > WIDTH
            or one.y + one.height < other.y
            or other.y + other.height < one.y
        )

    boxes = layout(hotline).values()
    assert [pair for pair in combinations(boxes, 2) if not apart(*pair)] == []


def test_words_with_signs_are_escaped() -> None:
    flow = Flow("f", "0" * 8, "bye", {"bye": Goodbye(("farewell",))})
    picture = svg(flow, lambda _: '<script>"&')
    assert "&lt;script&gt;&quot;&amp;" in picture
    assert "<script>" not in picture


def test_mermaid_has_every_way_and_joins_those_between_the_same_steps(hotline: Flow) -> None:
    text = mermaid(hotline)
    arrows = set(re.findall(r'(\w+) -->\|"([^"]+)"\| (\w+)', text))
    assert ("s_products", "1 2 3", "s_producers") in arrows
    assert len(arrows) == sum(
        len({way.to for way in ways(step)}) for step in hotline.steps.values()
    )


def test_mermaid_escapes_the_hash_key() -> None:
    menu = Menu(("x",), {"#": Choice("bye")}, 5, 3, "bye")
    flow = Flow("f", "0" * 8, "menu", {"menu": menu, "bye": Goodbye(("x",))})
    assert '"#35; after 3×"' in mermaid(flow)


@pytest.mark.parametrize(
    ("people", "there"),
    [
        ("id", {"Menu utama", "antrean", "→ Antre: petugas", "usai 3×", "titip jual"}),
        ("en", {"Main menu", "queue", "→ Queue: officers", "after 3×", "consignment"}),
    ],
)
def test_for_people_nothing_is_called_by_an_id(hotline: Flow, people: str, there: set[str]) -> None:
    drawn = ElementTree.fromstring(svg(hotline, indonesian, people=people))  # noqa: S314 our own
    said = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert there <= said
    words = {word for both in (*KINDS.values(), *WAYS.values()) for word in both}
    ids = hotline.steps.keys() - words
    assert not {str(one).removeprefix("→ ") for one in said} & ids


def test_every_step_of_the_hotline_has_a_title(hotline: Flow) -> None:
    assert hotline.titles.keys() == hotline.steps.keys()
    assert hotline.title("main", "en") == "Main menu"
    assert hotline.title("nowhere", "id") == "nowhere"
