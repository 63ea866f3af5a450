"""The words of pages: one dictionary per language, out of `words/*.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from config import documents

LANGUAGES = ("id", "en")
"""The first is for who has not chosen."""
COOKIE = "saluran-lang"
FOLDER = Path(__file__).with_name("words")


class WordsMissing(KeyError):
    """There is no such text: a mistake of ours."""


class Words:
    """The texts of one language, by key such as `tickets.title`."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """The text, with `{name}` replaced. Raises WordsMissing."""
        if key not in self._texts:
            raise WordsMissing(key)
        text = self._texts[key]
        return text.format(**values) if values else text

    def told(self, key: str, values: Mapping[str, str]) -> str:
        """As a call, for a key and values that come from outside: never an error."""
        text = self._texts.get(key) or self._texts["problem.other"]
        try:
            return text.format(**values) if values else text
        except (KeyError, IndexError, ValueError, AttributeError):
            return text

    def of(self, subject: str, value: object) -> str:
        """What people call a value of a row; the value itself where nobody has said that."""
        return self._texts.get(f"{subject}.{value}", str(value))

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Any:
        return iter(self._texts)


@cache
def dictionaries() -> Mapping[str, Words]:
    """By language. Raises ConfigError for what cannot be read, ValueError for half a text."""
    texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for path in sorted(FOLDER.glob("*.yaml")):
        _collect(texts, path.stem, documents.load(path).value)
    return {language: Words(language, texts[language]) for language in LANGUAGES}


def words_of(request: web.Request) -> Words:
    """In the language that this browser has chosen."""
    chosen = request.cookies.get(COOKIE)
    return dictionaries()[chosen if chosen in LANGUAGES else LANGUAGES[0]]


def _collect(texts: dict[str, dict[str, str]], key: str, node: Any) -> None:
    if not isinstance(node, dict):
        raise ValueError(f"{key}: give `id` and `en`")
    if any(isinstance(value, str) for value in node.values()):
        if node.keys() != set(LANGUAGES):
            raise ValueError(f"{key}: give `id` and `en`")
        for language in LANGUAGES:
            texts[language][key] = node[language]
        return
    for name, below in node.items():
        _collect(texts, f"{key}.{name}", below)
