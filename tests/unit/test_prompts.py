"""The catalogue knows its words, and tells which recordings do not say them."""

import json
from pathlib import Path

import pytest

from config.documents import ConfigError
from config.prompts import (
    DEFAULT_FOLDER,
    Catalogue,
    Manifest,
    Master,
    UnknownPromptError,
    load_durations,
    load_manifest,
    save_manifest,
)

LINE = "{id: Halo., en: Hello.}\n"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return written(tmp_path, f"hello: {LINE}")


def written(folder: Path, content: str) -> Catalogue:
    (folder / "catalogue.yaml").write_text(content)
    return Catalogue.load(folder)


def record(catalogue: Catalogue, id_: str, language: str, text_hash: str) -> None:
    """Keep a master as the renderer does."""
    path = catalogue.master(id_, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"OggS")
    manifest = load_manifest(catalogue.manifest_path)
    manifest.root.setdefault(language, {})[id_] = Master(text=text_hash, voice="test")
    save_manifest(catalogue.manifest_path, manifest)


def told(catalogue: Catalogue, id_: str) -> list[str]:
    return [str(problem) for problem in catalogue.problems() if f"`{id_}`" in problem.message]


def test_a_prompt_of_the_file_and_a_spoken_number_are_both_in_it(catalogue: Catalogue) -> None:
    assert catalogue.text("hello", "en") == "Hello."
    assert catalogue.text("pair/30", "id") == "tiga nol"
    assert {"hello", "pair/30"} <= catalogue.ids


@pytest.mark.parametrize(("id_", "language"), [("nothing", "id"), ("hello", "fr"), ("", "id")])
def test_an_unknown_prompt_is_an_error_of_its_own(
    catalogue: Catalogue, id_: str, language: str
) -> None:
    with pytest.raises(UnknownPromptError, match=language):
        catalogue.text(id_, language)


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("hello: {id: Halo.}\n", "`en` is missing"),
        ("hello: {id: Halo., en: Hello., fr: Bonjour.}\n", "`fr` is not known here"),
        ("hello: {id: '', en: Hello.}\n", "`id`: string should have"),
        ("hello: {id: '   ', en: Hello.}\n", "catalogue.yaml:1"),
        (f"../up: {LINE}", "catalogue.yaml:1"),
        (f"pair/30: {LINE}", "catalogue.yaml:1"),
        (f"hello: {LINE}hello: {LINE}", "catalogue.yaml:2"),
        ("", "empty"),
        ("- hello\n", "catalogue.yaml"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(
    tmp_path: Path, content: str, mistake: str
) -> None:
    with pytest.raises(ConfigError) as error:
        written(tmp_path, content)
    assert mistake in str(error.value)
    assert "catalogue.yaml" in str(error.value)


def test_a_missing_master_is_told_with_the_remedy(catalogue: Catalogue) -> None:
    missing = told(catalogue, "hello")
    assert len(missing) == 2
    assert "masters/id/hello.opus" in missing[0]
    assert "scripts/render.py" in missing[0]


def test_a_master_that_says_the_words_is_no_problem(catalogue: Catalogue) -> None:
    for language in ("id", "en"):
        record(catalogue, "hello", language, catalogue.text_hash("hello", language))
    assert told(catalogue, "hello") == []


def test_a_master_whose_text_has_changed_is_stale(catalogue: Catalogue) -> None:
    for language in ("id", "en"):
        record(catalogue, "hello", language, catalogue.text_hash("hello", language))
    changed = written(catalogue.folder, "hello: {id: Halo lagi., en: Hello.}\n")
    [stale] = told(changed, "hello")
    assert "says other words" in stale
    assert "masters/id/hello.opus" in stale


def test_a_master_that_is_noted_but_not_there_is_missing(catalogue: Catalogue) -> None:
    record(catalogue, "hello", "id", catalogue.text_hash("hello", "id"))
    catalogue.master("hello", "id").unlink()
    assert any("no master in language `id`" in problem for problem in told(catalogue, "hello"))


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    manifest = Manifest({"id": {"pair/30": Master(text="abc", voice="someone")}})
    save_manifest(tmp_path / "masters.json", manifest)
    assert load_manifest(tmp_path / "masters.json") == manifest


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": {"a": {"text": 1}}}'])
def test_a_broken_manifest_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "masters.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"masters\.json"):
        load_manifest(path)


def test_durations_come_back_by_language_and_id(tmp_path: Path) -> None:
    path = tmp_path / "durations.json"
    path.write_text(json.dumps({"id": {"pair/30": 1.25}}))
    assert load_durations(path)["id"]["pair/30"] == 1.25


def test_durations_that_are_not_built_name_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="build the sounds first"):
        load_durations(tmp_path / "durations.json")


def test_every_prompt_that_ships_has_a_master_that_says_its_words() -> None:
    assert Catalogue.load(DEFAULT_FOLDER).problems() == []
