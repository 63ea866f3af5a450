"""The restricted YAML loader: what people write is what is read, and mistakes have a place."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.documents import LARGEST, ConfigError, Problem, load, read, wrong


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    port: Annotated[int, Field(le=65535)]
    host: str = ""

    @field_validator("host")
    @classmethod
    def _no_spaces(cls, host: str) -> str:
        if " " in host:
            raise wrong("a host has no {spaces}", "remove them")
        return host


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    inner: list[Inner] = []
    either: dict[str, int | Inner] = {}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.yaml"


def value(file: Path, text: str) -> Any:
    file.write_text(text, "utf-8")
    return load(file).value


def problems(file: Path, text: str | bytes, model: type[BaseModel] | None = None) -> list[str]:
    """All that is wrong, without the folder."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as raised:
        _ = read(file, model) if model else load(file)
    return str(raised.value).replace(f"{file}", "a.yaml").split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "08:00",
        "021",
        "yes",
        "no",
        "on",
        "off",
        "2026-11-27",
        "0x1f",
        "0o17",
        "1_000",
        "3e12",
        ".5",
        "08.00",
        "+",
        "<<",
        "TRue",
        "12:30:45",
        "9" * 19,
    ],
)
def test_what_looks_like_something_else_stays_text(file: Path, text: str) -> None:
    assert value(file, f"a: {text}\nb: [{text}]") == {"a": text, "b": [text]}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ('"12"', "12"),
        ("'true'", "true"),
    ],
)
def test_the_core_schema_is_read(file: Path, text: str, meant: object) -> None:
    read_back = value(file, f"a: {text}")["a"]
    assert (read_back, type(read_back)) == (meant, type(meant))


def test_keys_are_always_text(file: Path) -> None:
    assert value(file, "1: a\ntrue: b\n2026-11-27: c\n~: d") == {
        "1": "a",
        "true": "b",
        "2026-11-27": "c",
        "~": "d",
    }


def test_a_byte_order_mark_and_windows_lines_are_no_mistake(file: Path) -> None:
    file.write_bytes("\ufeffa: 1\r\nb: 2\r\n".encode())
    assert load(file).value == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n\tb: 1", "a.yaml:2:1: a tab stands where YAML wants spaces — indent with spaces"),
        ("a:\t1", "a.yaml:1:3: a tab stands where"),
        ("a: &x [1]\nb: *x", "a.yaml:2:4: the alias `*x` is not read here — write"),
        ("a: !!python/object:os.system x", "a.yaml:1:4: the tag `tag:yaml.org,2002:python/"),
        ("a: {b: !env [X]}", "a.yaml:1:8: the tag `!env`"),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: a second document begins here — keep one"),
        ("a: 1\nb:\n  - 1\n  c: 2", "a.yaml:4:3: this does not fit the lines above — align"),
        ("a: b: c", "a.yaml:1:5: mapping values are not allowed here — put text with signs in"),
        ("a: 'x", "a.yaml:1:6: found unexpected end of stream — "),
        ("? [a]\n: 1", "a.yaml:1:3: a key must be text — put the key in quotes"),
        ("[" * 100_000, "a.yaml:1:41: nesting deeper than 40"),
        ("- " * 3_000, "a.yaml:1:81: nesting deeper than 40"),
        ("a: 1\nb: \x00", "a.yaml:2:4: the character U+0000 is not allowed — remove it"),
        (b"a: 1\nb: \xff", "a.yaml:2:4: the byte 0xff is not UTF-8 — save the file as UTF-8"),
        ("", "a.yaml: the file is empty — write its content"),
        ("# only words\n", "a.yaml: the file is empty — "),
        ("#" * (LARGEST + 1), f"a.yaml: the file is larger than {LARGEST} bytes — "),
    ],
)
def test_a_mistake_in_the_yaml_names_its_place_and_its_remedy(
    file: Path, text: str | bytes, told: str
) -> None:
    (only,) = problems(file, text)
    assert only.startswith(told)


def test_every_duplicate_key_is_told(file: Path) -> None:
    assert problems(file, "a: 1\nb: {c: 1, c: 2}\n'a': 3") == [
        "a.yaml:2:11: `c` stands here twice, first in line 2 — remove one of the two",
        "a.yaml:3:1: `a` stands here twice, first in line 1 — remove one of the two",
    ]


def test_a_file_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: the file does not exist — create it"):
        load(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="this is a folder, not a file"):
        load(tmp_path)


def test_every_mistake_of_a_model_is_told_where_it_is_written(file: Path) -> None:
    text = """
inner:
  - port: 99999
    hosts: a
  - host: "a b"
either:
  x: {port: [1]}
"""
    assert problems(file, text, Outer) == [
        "a.yaml:2:1: `name` is missing — add `name:`",
        "a.yaml:3:11: `port`: input should be less than or equal to 65535 — correct the value",
        "a.yaml:4:5: `hosts` is not known here — correct its spelling or remove it",
        "a.yaml:5:5: `port` is missing — add `port:`",
        "a.yaml:5:11: a host has no {spaces} — remove them",
        "a.yaml:7:6: `int`: input should be a valid integer — correct the value",
        "a.yaml:7:13: `port`: input should be a valid integer — correct the value",
    ]


def test_a_number_where_text_belongs_wants_quotes(file: Path) -> None:
    assert problems(file, "name: 1500587", Outer) == [
        "a.yaml:1:7: `name` must be text — put the value in quotes"
    ]


def test_a_file_of_another_shape_is_told(file: Path) -> None:
    assert problems(file, "- a", Outer) == [
        "a.yaml:1:1: `the document` must be a mapping — write it as `key: value` lines"
    ]


def test_other_checks_can_blame_a_place(file: Path) -> None:
    file.write_text("a:\n  - b: 1\n  - c: 2\n")
    document = load(file)
    assert document.where(("a", 1, "c")) == (3, 8)
    assert document.where(("a", 1, "absent")) == (3, 5)
    assert str(document.problem(("a", 0), "odd", "even it")) == f"{file}:2:5: odd — even it"
    assert document.key_problem(("a", 1, "c"), "odd", "even it").column == 5


def test_a_good_file_becomes_its_model(file: Path) -> None:
    file.write_text("name: x\ninner: [{port: 80}]")
    assert read(file, Outer) == Outer(name="x", inner=[Inner(port=80)])


@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@#?,0.~ \t\n\u2028\x85", max_size=40))
def test_any_text_is_read_or_refused_with_a_remedy(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(text.encode())
    assert all(problem.message and problem.remedy for problem in found(file))


def found(file: Path) -> tuple[Problem, ...]:
    try:
        load(file)
    except ConfigError as error:
        return error.problems
    return ()
