"""Nothing of ours runs as root: started by root, it changes to the state folder's owner.

A checkout or a state below a folder that only root may enter (root's home, a `mktemp -d`) is
still reached: the processes then keep one capability, the right to traverse and read folders.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scripts.embedded.errors import SetupError

CHECKOUT = Path(__file__).resolve().parents[2]
# Who gets a new state folder: an account that every such system has, with no rights of its own.
ORDINARY_USERS = ("postgres", "nobody")
# A state folder of ours has one of these; a folder with anything else in it is somebody's.
OURS = ("endpoints.json", "saluran.yaml", "secrets", "ports.json")


def prepare(state: Path) -> None:
    """Make the state folder if need be; as root, give it to an ordinary user.

    Raises SetupError when the folder belongs to root and holds files that are not ours.
    """
    state.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or state.stat().st_uid != 0:
        return
    inside = {path.name for path in state.iterdir()}
    if inside and not inside & set(OURS):
        raise SetupError(
            f"{state} belongs to root and holds files that are not a demo's: "
            f"choose an empty or new folder with --state."
        )
    give(state, _ordinary_user())


def give(path: Path, owner: pwd.struct_passwd) -> None:
    """Give a file, or a folder and all in it, to a user; only root can."""
    for found in (path, *path.rglob("*")):
        os.chown(found, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def owner(state: Path) -> pwd.struct_passwd:
    """Who the state folder belongs to."""
    return pwd.getpwuid(state.stat().st_uid)


def entry(state: Path) -> Sequence[str]:
    """The command to put before one that must run as the state's owner; empty for non-root.

    Raises SetupError when that user cannot reach the checkout or the state by any means.
    """
    return _entry(state, owner(state)) if os.geteuid() == 0 else ()


@cache
def _entry(state: Path, user: pwd.struct_passwd) -> Sequence[str]:
    if shutil.which("setpriv") is None:
        raise SetupError(
            "setpriv is not on the PATH (package util-linux), so root cannot step "
            "down to an ordinary user. Install it, or start as an ordinary user."
        )
    change = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    traverse = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    for command in (change, change + traverse):
        if _reaches(command, state):
            return command
    raise SetupError(
        f"The user {user.pw_name} cannot reach {CHECKOUT} and {state}, and root may not pass on "
        "the right to (no capability dac_read_search here). Put the checkout and the state where "
        "everyone may enter, such as /srv, or start as an ordinary user."
    )


def become_owner(state: Path) -> None:
    """Go on as the state folder's owner: started by root, this starts the same command anew."""
    if os.geteuid() != 0:
        return
    command = [*entry(state), sys.executable, *sys.orig_argv[1:]]
    os.execvpe(command[0], command, environment(state))  # noqa: S606


def environment(state: Path) -> dict[str, str]:
    """The environment for processes of this state; root's home is no place for them."""
    if os.geteuid() != 0:
        return dict(os.environ)
    return os.environ | {"HOME": str(state), "USER": owner(state).pw_name}


def _ordinary_user() -> pwd.struct_passwd:
    for name in ORDINARY_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SetupError(f"No user {' or '.join(ORDINARY_USERS)} here: start as an ordinary user.")


def _reaches(change: Sequence[str], state: Path) -> bool:
    look = "import os, sys; [os.listdir(folder) for folder in sys.argv[1:]]"
    command = [*change, sys.executable, "-c", look, str(CHECKOUT), str(state)]
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0
