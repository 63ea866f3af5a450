"""Give pip to a virtual environment where the distribution's Python has no ensurepip.

The wheel comes from the distribution's own package. Runs on a bare Python: standard library only.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.embedded import packages
from scripts.embedded.errors import SetupError

PACKAGE = "python3-pip-whl"


def install(venv: Path) -> None:
    """Install pip into `venv`; raises SetupError when the package cannot be had."""
    with packages.apt(packages.machine_sources()[0]) as apt, TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        packages.unpack(apt.download(PACKAGE), tree)
        wheel = next(tree.glob("usr/share/python-wheels/pip-*.whl"))
        done = subprocess.run(
            [
                *(venv / "bin/python", wheel / "pip", "install", "--quiet", "--no-index"),
                *("--disable-pip-version-check", "--root-user-action=ignore", wheel),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SetupError(f"pip could not install itself: {done.stderr.strip()}")


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]))
    except SetupError as error:
        sys.exit(f"saluran: {error}")
