"""What runs in one process when `scripts/test` has several: a file; and all callers who ring the
plain line together are one, whichever file they are in."""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

FOLDERS = ("calls", "faults", "live", "softphone", "web", "store", "unit")
"""In their order: what is quick comes last and fills the processes up. A folder's hotline is
started once in each process, for no other folder comes between."""
LONG = (
    "test_queue_ways",
    "test_agents",
    "test_lone_pbx",
    "test_queue_restart",
    "test_queue_link",
)
"""Minutes each: begun first in their folders, so that none is left alone at the end."""
LATER = ("test_closed", "test_holiday", "test_audit")
"""Each other time of day needs the service anew: who calls within the hours comes first."""
ROOT = Path(__file__).parents[1]


@cache
def group(file: str) -> str:
    """The group of a file of tests, named by its path from the root."""
    path = ROOT / file
    if path.parent.name == "calls" and (path.stem in LATER or _has_crowd(path)):
        return "tests/calls"
    return file


def turn(path: Path) -> tuple[int, int]:
    """When a file comes; those of the same turn stay in their order."""
    folder = path.parent.name
    nth = FOLDERS.index(folder) if folder in FOLDERS else len(FOLDERS)
    if path.stem in LONG:
        return nth, LONG.index(path.stem)
    return nth, len(LONG) + (folder == "calls" and path.stem in LATER)


def _has_crowd(path: Path) -> bool:
    return (
        re.search(r"^crowd = Crowd\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None
    )


class Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a process that is done with its group the next one."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0])
