"""The scripts and styles of others that our pages load: checked always, built anew on demand.

    python -m scripts.vendored check             # what is there is what the manifest says
    python -m scripts.vendored rebuild           # the same files from the npm registry; needs npm
    python -m scripts.vendored rebuild --accept  # after a version was changed in the manifest

Nobody needs npm to install or to run anything: the files are part of the checkout.
"""

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from cyclopts import App, Parameter

from config.settings_groups import CHECKOUT

VENDOR = CHECKOUT / "tickets/web/static/vendor"
OF_TESTS = CHECKOUT / "tests/web/vendored"
FOLDERS = (VENDOR, OF_TESTS)
LICENCE_NAMES = ("license", "licence")
TARGET = "es2022"

File = dict[str, Any]

app = App(name="vendored", help=__doc__, version_flags=[])


class VendoredError(Exception):
    """A file is not the one that the manifest names; says which, and what to do."""


@app.command(name="check")
def tell() -> None:
    """Compare every file with its hash in the manifest."""
    wrong = [problem for folder in FOLDERS for problem in check(folder)]
    for problem in wrong:
        print(problem, file=sys.stderr)
    if wrong:
        sys.exit(1)
    known = sum(len(_manifest(folder)["files"]) for folder in FOLDERS)
    print(f"{known} files are what the manifests say.")


@app.command
def rebuild(*, accept: Annotated[bool, Parameter(negative=())] = False) -> None:
    """Fetch and build every file anew, and write it if it is the one that the manifest names.

    Parameters
    ----------
    accept
        Take what comes, and write its hashes into the manifest: for a new version.
    """
    for folder in FOLDERS:
        _rebuild(folder, accept)


def _rebuild(vendor: Path, accept: bool) -> None:
    manifest = _manifest(vendor)
    if accept:
        manifest["integrity"] = {}
    with TemporaryDirectory(prefix="saluran-vendored-") as folder:
        for file in manifest["files"]:
            body = _made(file, manifest, vendor, Path(folder), accept)
            found = _sha256(body)
            if not accept and found != file["sha256"]:
                raise VendoredError(f"{file['file']} came out as {found}, not as in the manifest")
            file["sha256"] = found
            (vendor / file["file"]).write_bytes(body)
            print(f"{file['file']:<12} {file['package']} {file['version']}")
    if accept:
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (vendor / "manifest.json").write_text(f"{text}\n", encoding="utf-8")


def check(folder: Path) -> list[str]:
    """What is wrong in a folder of vendored files, a sentence each."""
    files = _manifest(folder)["files"]
    named = {"manifest.json", *(file["file"] for file in files)}
    stray = sorted(path.name for path in folder.iterdir() if path.is_file())
    wrong = [f"{name} is not in the manifest" for name in stray if name not in named]
    for file in files:
        path = folder / file["file"]
        if not path.exists():
            wrong.append(f"{file['file']} is missing: run `python -m scripts.vendored rebuild`")
        elif _sha256(path.read_bytes()) != file["sha256"]:
            wrong.append(f"{file['file']} was changed: run `python -m scripts.vendored rebuild`")
        wrong.extend(
            f"the licence of {package} is missing: {_licence(folder, package)}"
            for package in _packages(file)
            if not _licence(folder, package).exists()
        )
    return wrong


def _made(file: File, manifest: Mapping[str, Any], vendor: Path, work: Path, accept: bool) -> bytes:
    for package, version in _packages(file).items():
        _keep_licence(
            _package(package, version, manifest["integrity"], work, accept), package, vendor
        )
    tree = work / "node_modules" / file["package"]
    if "from" in file:
        plain: Path = tree / file["from"]
        return plain.read_bytes()
    bundle: str = file["bundle"]
    return _bundled(tree / bundle, manifest["bundler"], work)


def _package(
    package: str, version: str, integrity: dict[str, str], work: Path, accept: bool
) -> Path:
    """A package's files, without running anything of it."""
    tree = work / "node_modules" / package
    if not tree.exists():
        name = f"{package}@{version}"
        told = json.loads(_run(["npm", "pack", "--json", name], work))
        archive = work / told[0]["filename"]
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if accept:
            integrity[name] = found
        elif integrity[name] != found:
            raise VendoredError(f"{name} is {found}, not as in the manifest")
        tree.mkdir(parents=True)
        _run(["tar", "-xzf", str(archive), "-C", str(tree), "--strip-components=1"], work)
    return tree


def _bundled(entry: Path, bundler: Mapping[str, str], work: Path) -> bytes:
    """One ES module of a package and all that it needs."""
    name = f"{bundler['package']}@{bundler['version']}"
    tools = work / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "package.json").write_text("{}", encoding="ascii")
    _run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", name], tools)
    out = work / "bundle.js"
    command = [str(tools / "node_modules/.bin/esbuild"), str(entry), f"--outfile={out}"]
    how = ["--bundle", "--minify", "--format=esm", f"--target={TARGET}", "--legal-comments=none"]
    _run([*command, *how, "--log-level=error"], work)
    return out.read_bytes()


def _keep_licence(tree: Path, package: str, vendor: Path) -> None:
    texts = [path for path in tree.iterdir() if path.stem.lower() in LICENCE_NAMES]
    if not texts:
        raise VendoredError(f"{package} brings no licence")
    kept = _licence(vendor, package)
    kept.parent.mkdir(exist_ok=True)
    lines = texts[0].read_text(encoding="utf-8").splitlines()
    kept.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _packages(file: File) -> dict[str, str]:
    """The packages that a file is made of, with their versions."""
    return {file["package"]: file["version"], **file.get("with", {})}


def _licence(folder: Path, package: str) -> Path:
    return folder / "licences" / f"{package.replace('@', '').replace('/', '-')}.txt"


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VendoredError(f"`{command[0]}` failed: {done.stderr.strip()[-500:]}")
    return done.stdout


if __name__ == "__main__":
    try:
        app()
    except (VendoredError, OSError) as error:
        sys.exit(f"saluran: {error}")
