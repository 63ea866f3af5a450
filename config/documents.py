"""YAML documents that people write: read strictly, and every mistake told with its place."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.plain_yaml import Key, Place, Reader, composed
from config.problems import ConfigError, Problem, explained, wrong

__all__ = ["ConfigError", "Document", "Problem", "load", "parsed", "read", "text_of", "wrong"]

ModelT = TypeVar("ModelT", bound=BaseModel)

LARGEST = 1_000_000


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
    return parsed(str(path), text_of(path))


def parsed(file: str, text: str) -> Document:
    """The same of a text that is to become the file; raises `ConfigError`."""
    if len(text) > LARGEST:
        message = f"it is longer than {LARGEST} characters", "split or shorten it"
        raise ConfigError(Problem(file, 0, 0, *message))
    node = composed(file, text)
    if node is None:
        raise ConfigError(Problem(file, 0, 0, "the file is empty", "write its content"))
    reader = Reader(file)
    value = reader.value(node, ())
    if reader.problems:
        raise ConfigError(*reader.problems)
    return Document(file, value, reader.places, reader.keys)


def stamp(path: Path) -> tuple[int, int] | None:
    """What changes when the file does; None for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def text_of(path: Path) -> str:
    """What a file says; raises `ConfigError` for one that cannot be read."""
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
