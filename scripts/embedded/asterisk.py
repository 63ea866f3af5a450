"""An Asterisk to run: the system's own if it is new enough, else the distribution's packages."""

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.embedded import packages
from scripts.embedded.errors import SetupError
from scripts.embedded.progress import step
from scripts.embedded.state import CACHE

OLDEST = 18
"""The first major version with the AsyncAGI and AMI behaviour that the line relies on."""
SYSTEM_DATA = Path("/usr/share/asterisk")


@dataclass(frozen=True)
class Asterisk:
    """A program to run, its modules and its documentation (which its configuration needs)."""

    command: list[str]
    modules: Path
    documentation: Path


def find_or_fetch(cache: Path = CACHE) -> Asterisk:
    """The Asterisk of this machine; fetched at the first time (about 80 MB).

    Raises SetupError when there is none to be had.
    """
    if (system := _of_system()) is not None:
        return system
    with one_at_a_time(cache / "asterisk"):
        trees = _trees(cache / "asterisk")
        return _of_tree(trees[-1] if trees else _fetch(cache / "asterisk"))


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Two set-ups at once fetch once: the second waits for the first."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / ".lock"
    try:
        file = lock.open("a")
    except PermissionError:  # set up by root, used by another: nothing is left to fetch
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def major(version: str) -> int:
    """The major version in what `asterisk -V` or a package calls its version; 0 if none."""
    found = re.search(r"(?:Asterisk (?:certified[/-])?|^\d+:|^)(\d+)\.", version)
    return int(found[1]) if found else 0


def _fetch(folder: Path) -> Path:
    with step("Asterisk: unpacking the distribution's packages (about 80 MB, once)"):
        for source in packages.machine_sources():
            with packages.apt(source) as apt:
                version = apt.version("asterisk")
                if version is None or major(version) < OLDEST:
                    continue
                tree = folder / version.partition(":")[2]
                packages.unpack(apt.download("asterisk"), tree)
                return tree
    raise SetupError(
        f"No Asterisk {OLDEST} or newer in this distribution. Install one (asterisk.org) so that "
        "`asterisk` is on the PATH, then start again."
    )


def _trees(folder: Path) -> list[Path]:
    return sorted(path.parents[2] for path in folder.glob("[!.]*/usr/sbin/asterisk"))


def _of_tree(tree: Path) -> Asterisk:
    modules = sorted(tree.glob("usr/lib/*-linux-gnu*/asterisk/modules"))
    return Asterisk(
        [*packages.loader(tree), str(tree / "usr/sbin/asterisk")],
        modules[0],
        tree / "usr/share/asterisk/documentation",
    )


def _of_system() -> Asterisk | None:
    program = shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        return None
    said = subprocess.run([program, "-V"], capture_output=True, text=True, check=False).stdout
    modules = [
        folder
        for pattern in ("lib/*-linux-gnu*/asterisk/modules", "lib/asterisk/modules")
        for root in (Path("/usr"), Path("/usr/local"))
        for folder in sorted(root.glob(pattern))
        if (folder / "chan_pjsip.so").exists()
    ]
    if major(said) < OLDEST or not modules:
        return None
    data = next((d for d in (SYSTEM_DATA, Path("/var/lib/asterisk")) if d.is_dir()), SYSTEM_DATA)
    return Asterisk([program], modules[0], data / "documentation")
