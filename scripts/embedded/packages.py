"""The distribution's own signed packages, unpacked into a folder: nothing is installed.

An apt of its own (lists, status and cache in a temporary folder) asks the mirror that the machine
itself uses, so that no mirror's address is written here and it works without root.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.embedded.errors import SetupError

# Nothing of this is needed to run: documentation, what packages' scripts use, PostgreSQL's JIT.
UNNEEDED = (
    "etc",
    "var",
    "bin",
    "sbin",
    "usr/bin",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/perl",
    "usr/share/perl5",
    "usr/share/icu",
    "usr/share/zoneinfo",
    "usr/lib/systemd",
    "usr/lib/*-linux-gnu/perl",
    "usr/lib/*-linux-gnu/perl-base",
    "usr/lib/*-linux-gnu/gconv",
    "usr/lib/*-linux-gnu/libLLVM*",
    "usr/lib/llvm*",
    "usr/lib/postgresql/*/lib/bitcode",
    "usr/lib/postgresql/*/lib/llvmjit*",
    "lib/systemd",
    "lib/udev",
)
KEYRINGS = Path("/usr/share/keyrings")
# The release whose packages are taken when the machine's own has none that are new enough.
NEWER_RELEASE = {"debian": "sid", "ubuntu": "noble"}
COMPONENTS = {"debian": "main", "ubuntu": "main universe"}


@dataclass(frozen=True)
class Distribution:
    """What the machine runs: `id` is `debian` or `ubuntu`."""

    id: str
    codename: str


@dataclass(frozen=True)
class Source:
    """One release of the distribution on the machine's own mirror."""

    mirror: str
    distribution: str
    release: str

    def line(self, keyrings: Path = KEYRINGS) -> str:
        """The line for apt's list of sources."""
        rings = sorted(keyrings.glob(f"{self.distribution}-archive-keyring.*"))
        signed = f"[signed-by={rings[0]}] " if rings else ""
        return f"deb {signed}{self.mirror} {self.release} {COMPONENTS[self.distribution]}\n"


def distribution(os_release: str) -> Distribution:
    """Read `/etc/os-release`; raises SetupError for systems without apt packages we know."""
    values = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    found = Distribution(
        values.get("ID", "").strip('"'), values.get("VERSION_CODENAME", "").strip('"')
    )
    if found.id not in NEWER_RELEASE:
        raise SetupError(
            f"This system ({values.get('PRETTY_NAME', found.id or 'unknown')}) is neither Debian "
            "nor Ubuntu, so packages cannot be unpacked. Install Asterisk 18 or newer and "
            "PostgreSQL 15 or newer with its own package manager, then start again."
        )
    return found


def sources(system: Distribution, targets: str) -> list[Source]:
    """Where to look, in order: the machine's own release, then the newer one on the same mirror.

    `targets` is what `apt-get indextargets` printed: `repository release component` per line.
    """
    own = {system.codename, "stable", "oldstable", "testing", "unstable", "sid"} - {""}
    for line in targets.splitlines():
        mirror, release, component = [*line.split(), "", "", ""][:3]
        if release in own and component == "main":
            return [
                Source(mirror, system.id, name)
                for name in dict.fromkeys((release, NEWER_RELEASE[system.id]))
            ]
    raise SetupError(
        f"apt knows no mirror of {system.id} {system.codename}. Name one in "
        "/etc/apt/sources.list (component main) and start again."
    )


def machine_sources() -> list[Source]:
    """The sources of this machine."""
    system = distribution(Path("/etc/os-release").read_text(encoding="utf-8"))
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise SetupError(f"{tool} is not on the PATH; it unpacks Asterisk and PostgreSQL.")
    targets = _run(
        "apt-get",
        "indextargets",
        "--no-release-info",
        "--format",
        "$(REPO_URI) $(RELEASE) $(COMPONENT)",
        "Created-By: Packages",
    )
    return sources(system, targets)


@dataclass(frozen=True)
class Apt:
    """An apt that sees one source and nothing of the machine's packages."""

    folder: Path
    source: Source

    def update(self) -> None:
        """Fetch the source's package lists; apt checks their signature."""
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text(self.source.line(), encoding="utf-8")
        self._apt("apt-get", "update")

    def version(self, package: str) -> str | None:
        """The package's version in this source, None when it has none."""
        lines = self._apt("apt-cache", "policy", package).splitlines()
        found = [line.split(":", 1)[1].strip() for line in lines if "Candidate:" in line]
        return found[0] if found and found[0] != "(none)" else None

    def download(self, package: str) -> list[Path]:
        """Fetch a package and all it depends on."""
        self._apt("apt-get", "--yes", "--download-only", "install", package)
        return sorted((self.folder / "cache/archives").glob("*.deb"))

    def _apt(self, *command: str) -> str:
        return _run(command[0], *self._options(), "--quiet=2", *command[1:])

    def _options(self) -> list[str]:
        options = {
            "Dir::State": self.folder / "state",
            "Dir::State::Lists": self.folder / "state/lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "root",  # the folder is temporary and closed to `_apt`
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Debug::NoLocking": "1",
        }
        return [part for name, value in options.items() for part in ("-o", f"{name}={value}")]


@contextmanager
def apt(source: Source) -> Iterator[Apt]:
    """An up-to-date `Apt` in a temporary folder."""
    with TemporaryDirectory(prefix="saluran-apt-") as folder:
        isolated = Apt(Path(folder), source)
        isolated.update()
        yield isolated


def unpack(
    packages: Sequence[Path], into: Path, finish: Callable[[Path], None] = lambda tree: None
) -> None:
    """Unpack packages into a folder that appears whole, and finished, or not at all."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".unpacking-", dir=into.parent) as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        for package in packages:
            _run("dpkg-deb", "--extract", str(package), str(tree))
        _prune(tree)
        finish(tree)
        tree.chmod(0o755)
        tree.rename(into)


def loader(tree: Path) -> list[str]:
    """The command that runs a program of an unpacked tree with the tree's own libraries.

    The tree brings its own C library, newer than the system's, so its own loader must start it.
    """
    folders = [
        folder
        for pattern in ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*")
        for folder in sorted(tree.glob(pattern))
    ]
    loaders = [
        found
        for folder in (tree / "usr/lib64", tree / "lib64", *folders, tree / "usr/lib", tree / "lib")
        for found in sorted(folder.glob("ld-linux*.so.*"))
        # An absolute link would lead to the system's own loader, which fits another C library.
        if found.exists() and found.resolve().is_relative_to(tree.resolve())
    ]
    if not loaders:
        raise SetupError(f"{tree} has no program loader; remove that folder and start again.")
    return [str(loaders[0]), "--library-path", os.pathsep.join(map(str, folders))]


def _prune(tree: Path) -> None:
    for pattern in UNNEEDED:
        for unneeded in tree.glob(pattern):
            if unneeded.is_dir() and not unneeded.is_symlink():
                shutil.rmtree(unneeded)
            else:
                unneeded.unlink()


def _run(*command: str) -> str:
    environment = os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise SetupError(f"`{command[0]}` failed: {' / '.join(reason) or 'no reason given'}")
    return done.stdout
