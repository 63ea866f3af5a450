"""Where packages come from is taken from the machine itself."""

import sys
from pathlib import Path

import pytest

from scripts.embedded import packages
from scripts.embedded.asterisk import major
from scripts.embedded.errors import SetupError
from scripts.embedded.packages import Distribution, Source

BOOKWORM = Distribution("debian", "bookworm")


def test_a_newer_release_of_the_same_mirror_comes_after_the_machines_own() -> None:
    found = packages.sources(BOOKWORM, "http://mirror.example/debian/ bookworm main\n")
    assert found == [
        Source("http://mirror.example/debian/", "debian", "bookworm"),
        Source("http://mirror.example/debian/", "debian", "sid"),
    ]


def test_other_archives_beside_the_distributions_are_not_taken_for_it() -> None:
    targets = (
        "https://apt.example/docker bookworm stable\n"
        "https://apt.example/postgresql bookworm-pgdg main\n"
        "http://mirror.example/debian bookworm main\n"
    )
    assert packages.sources(BOOKWORM, targets)[0].mirror == "http://mirror.example/debian"


def test_a_machine_on_the_newest_release_is_asked_once() -> None:
    found = packages.sources(Distribution("debian", "sid"), "http://mirror.example sid main\n")
    assert [source.release for source in found] == ["sid"]


def test_ubuntu_is_asked_with_universe_where_asterisk_is() -> None:
    found = packages.sources(Distribution("ubuntu", "jammy"), "http://mirror.example jammy main\n")
    assert found[0].line(Path("/nonexistent")) == "deb http://mirror.example jammy main universe\n"


def test_the_distributions_keyring_signs(tmp_path: Path) -> None:
    (tmp_path / "debian-archive-keyring.gpg").touch()
    line = Source("http://mirror.example", "debian", "sid").line(tmp_path)
    ring = tmp_path / "debian-archive-keyring.gpg"
    assert line == f"deb [signed-by={ring}] http://mirror.example sid main\n"


def test_no_mirror_is_said_with_its_remedy() -> None:
    with pytest.raises(SetupError, match=r"apt knows no mirror of debian bookworm.*sources\.list"):
        packages.sources(BOOKWORM, "https://apt.example/docker bookworm stable\n")


def test_another_system_is_told_what_to_install() -> None:
    with pytest.raises(SetupError, match=r"Fedora Linux 41.*Install Asterisk 18 or newer"):
        packages.distribution('ID=fedora\nPRETTY_NAME="Fedora Linux 41"\n')


def test_os_release_is_read_with_and_without_quotes() -> None:
    assert packages.distribution('ID="debian"\nVERSION_CODENAME=bookworm\n') == BOOKWORM


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1:22.10.1+dfsg+~cs6.17.60671434-1", 22),
        ("1:18.10.0~dfsg+~cs6.10.40431411-2", 18),
        ("Asterisk 20.6.0~dfsg+~cs6.13.40431414-2build5", 20),
        ("Asterisk certified/18.9-cert5", 18),
        ("Asterisk certified-20.7-cert2", 20),
        ("no version at all", 0),
    ],
)
def test_the_major_version_is_read(version: str, expected: int) -> None:
    assert major(version) == expected


def test_a_tree_without_a_loader_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="has no program loader; remove that folder"):
        packages.loader(tmp_path)


def test_the_loader_is_found_where_each_architecture_has_it(tmp_path: Path) -> None:
    libraries = tmp_path / "usr/lib/aarch64-linux-gnu"
    libraries.mkdir(parents=True)
    loader = tmp_path / "usr/lib/ld-linux-aarch64.so.1"
    loader.touch()
    assert packages.loader(tmp_path) == [str(loader), "--library-path", str(libraries)]


def test_a_loader_that_is_the_systems_own_is_passed_over(tmp_path: Path) -> None:
    libraries = tmp_path / "lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    (tmp_path / "lib64").mkdir()
    (tmp_path / "lib64/ld-linux-x86-64.so.2").symlink_to(sys.executable)
    loader = libraries / "ld-linux-x86-64.so.2"
    loader.touch()
    assert packages.loader(tmp_path)[0] == str(loader)
