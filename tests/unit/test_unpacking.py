"""Packages are unpacked by the system's own dpkg: a folder appears whole, or not at all."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.embedded import packages
from scripts.embedded.errors import SetupError

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="dpkg-deb is not on the PATH"
)

CONTROL = (
    "Package: line\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of one program and its manual page."""
    content = tmp_path / "content"
    for name, text in {
        "DEBIAN/control": CONTROL,
        "usr/sbin/line": "#!/bin/sh\n",
        "usr/share/man/man1/line.1": "manual",
    }.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text)
    made = tmp_path / "line.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", content, made],
        check=True,
        capture_output=True,
    )
    return made


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_runs_is_kept_and_what_is_read_by_people_is_not(package: Path, tmp_path: Path) -> None:
    packages.unpack([package], tmp_path / "cache/1.0")
    assert names(tmp_path / "cache") == {"1.0/usr/sbin/line"}


def test_a_package_that_is_broken_leaves_nothing_behind(package: Path, tmp_path: Path) -> None:
    package.write_bytes(package.read_bytes()[:100])
    with pytest.raises(SetupError, match="dpkg-deb"):
        packages.unpack([package], tmp_path / "cache/1.0")
    assert names(tmp_path / "cache") == set()


def test_what_cannot_be_finished_leaves_nothing_behind(package: Path, tmp_path: Path) -> None:
    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        packages.unpack([package], tmp_path / "cache/1.0", interrupted)
    assert names(tmp_path / "cache") == set()
