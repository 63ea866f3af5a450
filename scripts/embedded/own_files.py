"""Calendar and menus of one installation, which its desk may change: copies of the shipped ones.

A copy that nobody has changed follows the program's own at the next start.
"""

import hashlib
import json
from pathlib import Path

from config.replacing import replace
from scripts.embedded.privileges import CHECKOUT
from scripts.embedded.state import write_private

CALENDAR = "config/calendar.yaml"
FLOWS = "config/flows"
COPIED = "config/copied.json"
"""What each was when it was copied."""


def provide(folder: Path) -> None:
    """Have them in the state folder; what was changed there stays as it is."""
    (folder / FLOWS).mkdir(parents=True, exist_ok=True)
    note = folder / COPIED
    copied: dict[str, str] = json.loads(note.read_text()) if note.exists() else {}
    flows = sorted((CHECKOUT / FLOWS).glob("*.yaml"))
    for name in [CALENDAR, *(f"{FLOWS}/{file.name}" for file in flows)]:
        ours, theirs = folder / name, (CHECKOUT / name).read_text("utf-8")
        if not ours.exists():
            ours.touch(mode=0o644)
        elif copied.get(name) != _digest(ours.read_text("utf-8")):
            continue
        replace(ours, theirs)
        copied[name] = _digest(theirs)
    write_private(note, json.dumps(copied) + "\n")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
