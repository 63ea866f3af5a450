"""YAML 1.2 core (https://yaml.org/spec/1.2.2/#103-core-schema), narrowed to what a person expects.

`08:00`, `021`, `yes` and `2026-11-27` are text, keys are always text, a key stands once, and there
are no tags and no aliases.
"""

import re
from typing import Any, NewType, cast

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.problems import ConfigError, Problem

Key = str | int
Place = NewType("Place", tuple[int, int])
"""Line and column, both from 1."""

DEEPEST = 40

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
# No leading zero: `021` is an area code. No more than 18 digits: that is no number any more.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
# No exponent: `3e12` is more likely a version or a hash.
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")


def composed(file: str, text: str) -> Node | None:
    """The nodes of a document, None when it holds nothing; raises `ConfigError`."""
    try:
        return _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_syntax(file, error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        character = f"the character U+{error.character:04X} is not allowed"
        raise ConfigError(Problem(file, line, column, character, "remove it")) from None


class Reader:
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


def _syntax(file: str, error: yaml.MarkedYAMLError) -> Problem:
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
    return Problem(file, line, column, message, remedy)
