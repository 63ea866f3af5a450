"""The catalogue: every prompt a caller can hear, its words per language, and its master.

The words of fixed prompts stand in `catalogue.yaml`; those of numbers, days and times come from
`config.speech`. A master is the recording that the playable sounds are made from; `masters.json`
keeps the hash of the words it says, so that a changed text is told before a caller hears the old.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    RootModel,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from config import speech
from config.documents import ConfigError, Problem, read

DEFAULT_FOLDER = Path(__file__).parent / "prompts"

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Master(BaseModel):
    """What a recording says, and who speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    """The hash of the words, see `text_hash`."""
    voice: str


class Manifest(RootModel[dict[str, dict[str, Master]]]):
    """Recordings by language and id: the content of `masters.json`."""


class UnknownPromptError(LookupError):
    """No prompt has this id, or not in this language."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Prompts by id, from the catalogue's file and from `config.speech`."""

    folder: Path
    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> "Catalogue":
        """Read `catalogue.yaml` in `folder`; raises `ConfigError`."""
        written = read(folder / "catalogue.yaml", _CatalogueFile).root
        fixed = {id_: prompt.model_dump() for id_, prompt in written.items()}
        return cls(folder, {**fixed, **speech.all_ids()})

    @property
    def ids(self) -> frozenset[str]:
        """Everything that can be played."""
        return frozenset(self.texts)

    def text(self, id_: str, language: str) -> str:
        """The exact words; raises `UnknownPromptError`."""
        try:
            return self.texts[id_][language]
        except KeyError:
            raise UnknownPromptError(f"no prompt {id_!r} in language {language!r}") from None

    def text_hash(self, id_: str, language: str) -> str:
        """What a recording of these words is known by; raises `UnknownPromptError`."""
        return hashlib.sha256(self.text(id_, language).encode()).hexdigest()[:16]

    def master(self, id_: str, language: str) -> Path:
        """Where the master is kept (Ogg Opus, 24 kHz, mono)."""
        return self.folder / "masters" / language / f"{id_}.opus"

    @property
    def manifest_path(self) -> Path:
        return self.folder / "masters.json"

    def problems(self) -> list[Problem]:
        """Every master that is missing, or that says other words than the catalogue."""
        masters = load_manifest(self.manifest_path)
        return [
            Problem(str(self.master(id_, language)), 0, 0, wrong, "run `scripts/render.py`")
            for language in speech.LANGUAGES
            for id_ in sorted(self.texts)
            if (wrong := self._wrong_master(id_, language, masters.root.get(language, {})))
        ]

    def _wrong_master(self, id_: str, language: str, masters: Mapping[str, Master]) -> str | None:
        if id_ not in masters or not self.master(id_, language).is_file():
            return f"the prompt `{id_}` has no master in language `{language}`"
        if masters[id_].text != self.text_hash(id_, language):
            return f"the master says other words than `{id_}` has in the catalogue"
        return None


def load_manifest(path: Path) -> Manifest:
    """A manifest of recordings, empty when there is none; raises `ConfigError`."""
    if not path.is_file():
        return Manifest({})
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ConfigError(_broken(path, error)) from None


def save_manifest(path: Path, manifest: Manifest) -> None:
    """Write it sorted, so that a change of one prompt is a change of one line in its history."""
    content = json.dumps(manifest.model_dump(), indent=1, sort_keys=True)
    path.write_text(content + "\n", encoding="utf-8")


def load_durations(path: Path) -> Mapping[str, Mapping[str, float]]:
    """The length of each built sound in seconds, by language and id; raises `ConfigError`."""
    try:
        return TypeAdapter(dict[str, dict[str, float]]).validate_json(path.read_bytes())
    except FileNotFoundError:
        missing = "there are no durations of sounds"
        raise ConfigError(Problem(str(path), 0, 0, missing, "build the sounds first")) from None
    except ValidationError as error:
        raise ConfigError(_broken(path, error)) from None


def _broken(path: Path, error: ValidationError) -> Problem:
    first = error.errors(include_url=False)[0]
    return Problem(str(path), 0, 0, first["msg"], "delete the file and make it again")


class _Prompt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: _Text
    en: _Text


class _CatalogueFile(RootModel[dict[_Id, _Prompt]]):
    pass
