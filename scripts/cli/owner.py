"""Serving as the state folder's owner, never as root."""

import os
from pathlib import Path

from scripts.embedded.errors import SetupError
from scripts.embedded.privileges import become_owner


def step_down(state: Path) -> None:
    """Started by root, go on as the owner of the state folder. Raises `SetupError` if that is root
    too: a service that a caller's keys reach has no need of root's rights."""
    if os.geteuid() == 0 and state.stat().st_uid == 0:
        raise SetupError(
            f"{state} belongs to root, and nothing serves as root: give it to an ordinary user, "
            f"such as with `chown -R postgres: {state}`."
        )
    become_owner(state)
