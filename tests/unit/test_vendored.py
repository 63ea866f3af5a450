"""The files of others in our pages are those of the manifest, and its check sees what is not."""

import json
import shutil
from pathlib import Path

import pytest

from scripts.vendored import VENDOR, check


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(VENDOR, tmp_path / "vendor"))


def test_every_file_is_the_one_of_the_manifest() -> None:
    assert check(VENDOR) == []


def test_a_changed_a_missing_and_a_stray_file_are_named(copy: Path) -> None:
    with (copy / "htmx.js").open("a") as file:
        file.write("alert(1)")
    (copy / "pico.css").unlink()
    (copy / "more.js").touch()
    (copy / "licences" / "ms.txt").unlink()
    assert [problem.split(":")[0] for problem in check(copy)] == [
        "more.js is not in the manifest",
        "htmx.js was changed",
        "pico.css is missing",
        "the licence of ms is missing",
    ]


def test_every_file_names_its_version_and_a_licence_that_allows_it() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    for file in manifest["files"]:
        assert file["licence"] in {"MIT", "0BSD"}
        for package, version in {file["package"]: file["version"], **file.get("with", {})}.items():
            assert manifest["integrity"][f"{package}@{version}"].startswith("sha512-")
