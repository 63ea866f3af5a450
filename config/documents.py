"""YAML documents that people write: read strictly, and every mistake told with its place.

Read as YAML 1.2 core (https://yaml.org/spec/1.2.2/#103-core-schema), narrowed to what a person
expects: `08:00`, `021`, `yes` and `2026-11-27` are text, keys are always text, a key stands once,
and there are no tags and no aliases.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NewType, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

ModelT = TypeVar("ModelT", bound=BaseModel)
Key = str | int
Place = NewType("Place", tuple[int, int])
"""Line and column, both from 1."""

LARGEST = 1_000_000
DEEPEST = 40

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
# No leading zero: `021` is an area code. No more than 18 digits: that is no number any more.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
# No exponent: `3e12` is more likely a version or a hash.
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what is wrong, what to do. Line 0 means the whole file."""

    file: str
    line: int
    column: int
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message} — {self.remedy}"


class ConfigError(Exception):
    """What is written is wrong; `problems` holds every mistake that was found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """What a model's validator raises to give the remedy along with the mistake."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "remedy": remedy})


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it."""

    file: str
    value: Any
    places: dict[tuple[Key, ...], Place]
    keys: dict[tuple[Key, ...], Place]

    def where(self, path: tuple[Key, ...]) -> Place:
        """The place of a value, or of the nearest thing around it that is written."""
        return self.places[self._written(path)]

    def problem(self, path: tuple[Key, ...], message: str, remedy: str) -> Problem:
        """A mistake in the value at `path`, for checks that a model cannot make."""
        return Problem(self.file, *self.where(path), message, remedy)

    def key_problem(self, path: tuple[Key, ...], message: str, remedy: str) -> Problem:
        """A mistake in the key that leads to `path`."""
        written = self._written(path)
        return Problem(self.file, *self.keys.get(written, self.places[written]), message, remedy)

    def as_model(self, model: type[ModelT]) -> ModelT:
        """The document as a model; `ConfigError` holds all its mistakes at once."""
        try:
            return model.model_validate(self.value)
        except ValidationError as error:
            raise ConfigError(*self.problems(error)) from None

    def problems(
        self, error: ValidationError, unless: Callable[[tuple[Key, ...]], object] = lambda _: False
    ) -> tuple[Problem, ...]:
        """Every mistake that a model found in this document.

        `unless` tells, by its path, a value that did not come from the document.
        """
        details = error.errors(include_url=False)
        found = (self._found(one) for one in details if not unless(one["loc"]))
        return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))

    def _found(self, details: ErrorDetails) -> Problem:
        path = details["loc"]
        message, remedy = explained(details)
        if details["type"] == "missing":
            return self.problem(path[:-1], message, remedy)
        if details["type"] == "extra_forbidden" or path[-1:] == ("[key]",):
            return self.key_problem(path, message, remedy)
        return self.problem(path, message, remedy)

    def _written(self, path: tuple[Key, ...]) -> tuple[Key, ...]:
        """The part of a model's path that stands in the file: pydantic names union members too."""
        written: tuple[Key, ...] = ()
        for key in path:
            if (*written, key) in self.places:
                written = (*written, key)
        return written


def read(path: Path, model: type[ModelT]) -> ModelT:
    """A file as a model; `ConfigError` holds all mistakes of the model at once."""
    return load(path).as_model(model)


def load(path: Path) -> Document:
    """A file as plain values with their places; raises `ConfigError`."""
    text = _text(path)
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_syntax(path, error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        character = f"the character U+{error.character:04X} is not allowed"
        raise ConfigError(Problem(str(path), line, column, character, "remove it")) from None
    if node is None:
        raise ConfigError(Problem(str(path), 0, 0, "the file is empty", "write its content"))
    reader = _Reader(str(path))
    value = reader.value(node, ())
    if reader.problems:
        raise ConfigError(*reader.problems)
    return Document(str(path), value, reader.places, reader.keys)


def explained(details: ErrorDetails) -> tuple[str, str]:
    """A model's error as a message and a remedy."""
    names = [str(key) for key in details["loc"] if key != "[key]"]
    name = names[-1] if names else "the document"
    kind, message = details["type"], details["msg"].removeprefix("Value error, ")
    match kind:
        case "wrong":
            return details["ctx"]["message"], details["ctx"]["remedy"]
        case "missing":
            return f"`{name}` is missing", f"add `{name}:`"
        case "extra_forbidden":
            return f"`{name}` is not known here", "correct its spelling or remove it"
        case "string_type" if isinstance(details["input"], int | float):
            return f"`{name}` must be text", "put the value in quotes"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{name}` must be a mapping", "write it as `key: value` lines"
        case _:
            return f"`{name}`: {message[:1].lower()}{message[1:]}", "correct the value"


class _Loader(yaml.SafeLoader):
    """Composes nodes, without aliases and not too deep (a bomb needs one or the other)."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(event, f"the alias `*{event.anchor}`", "write the value out again")
        tag = getattr(event, "tag", None)
        if tag is not None and not (tag == "!" and isinstance(event, yaml.ScalarEvent)):
            raise _Refused(event, f"the tag `{tag}`", "remove it, or put the value in quotes")
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused(event, f"nesting deeper than {DEEPEST}", "flatten it")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Refused(yaml.MarkedYAMLError):
    def __init__(self, event: yaml.Event, what: str, remedy: str) -> None:
        mark = cast(yaml.Mark, event.start_mark)
        super().__init__(problem=f"{what} is not read here", problem_mark=mark)
        self.remedy = remedy


class _Reader:
    """Nodes to values; collects places, and every duplicate or unfit key."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[tuple[Key, ...], Place] = {}
        self.keys: dict[tuple[Key, ...], Place] = {}
        self.problems: list[Problem] = []

    def value(self, node: Node, path: tuple[Key, ...]) -> Any:
        self.places[path] = _place(node)
        match node:
            case MappingNode():
                return self.mapping(node, path)
            case SequenceNode():
                return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
            case _:
                return _scalar(cast(ScalarNode, node))

    def mapping(self, node: MappingNode, path: tuple[Key, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, ScalarNode):
                self.refuse(key, "a key must be text", "put the key in quotes")
            elif key.value in values:
                first = self.keys[(*path, key.value)][0]
                message = f"`{key.value}` stands here twice, first in line {first}"
                self.refuse(key, message, "remove one of the two")
            else:
                self.keys[(*path, key.value)] = _place(key)
                values[key.value] = self.value(item, (*path, key.value))
        return values

    def refuse(self, node: Node, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, *_place(node), message, remedy))


def _place(node: Node) -> Place:
    return Place((node.start_mark.line + 1, node.start_mark.column + 1))


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    text = cast(str, node.value)
    if node.style is not None:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _syntax(path: Path, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    message, remedy = (
        error.problem or "not YAML",
        getattr(error, "remedy", "put text with signs in quotes"),
    )
    if "'\\t'" in message:
        message, remedy = "a tab stands where YAML wants spaces", "indent with spaces"
    elif "expected <block end>" in message:
        message, remedy = "this does not fit the lines above", "align it with them"
    elif isinstance(error, yaml.composer.ComposerError):
        message, remedy = "a second document begins here", "keep one document in a file"
    return Problem(str(path), line, column, message, remedy)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        problem = "the file does not exist", "create it, or correct the path"
    except IsADirectoryError:
        problem = "this is a folder, not a file", "name a file"
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}", "check its owner and permissions"
    else:
        if len(data) <= LARGEST:
            return _decoded(path, data)
        problem = f"the file is larger than {LARGEST} bytes", "split or shorten it"
    raise ConfigError(Problem(str(path), 0, 0, *problem))


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise ConfigError(
            Problem(str(path), line, column, message, "save the file as UTF-8")
        ) from None
