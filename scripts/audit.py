"""Asterisk's call detail records against the rows of calls: one to one, none missing, none twice.

The records are the PBX's own word that somebody rang; a row is ours. They meet in the channel's
unique id, which the PBX gives to each channel once.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from config.documents import ConfigError, Problem
from config.settings import Settings
from ivr.ids import call_id
from tickets.audit import CallRow, agents_ever, calls_of_pbx
from tickets.store import Store

CONTEXT, CHANNEL, UNIQUEID = 3, 5, 16
"""Columns of Asterisk's `Master.csv` (cdr_csv, with `loguniqueid=yes`)."""
OURS = "saluran-"
"""Every context of ours begins so; other calls of the PBX are not the line's."""
NO_CALLERS = ("saluran-agent", "saluran-callback", "saluran-introduction", "saluran-listen")
"""Contexts, and beginnings of such, in which agents dial or listen and callbacks wait."""


@dataclass(frozen=True, slots=True)
class Audit:
    """How records and rows compare, all by unique id."""

    records: int
    """Calls of the line that the PBX recorded."""
    rows: int
    """Calls that have a row since the first of those."""
    without_row: list[str]
    """Recorded by the PBX, and no row: somebody rang and we know nothing of it."""
    without_record: list[str]
    """A row that ended, of a call that the PBX did not record."""
    open: list[str]
    """Recorded, so over, but the row has no end yet."""
    in_progress: int
    """Neither recorded nor ended: these calls go on."""
    unreadable: int
    """Lines of the file that are no records."""

    @property
    def one_to_one(self) -> bool:
        return not (self.without_row or self.without_record or self.open or self.unreadable)


async def audit(settings: Settings, store: Store) -> Audit:
    """Compare them. Raises `ConfigError` when there are no records, and `StoreAway`."""
    recorded, unreadable = read_records(settings.files.cdr, await agents_ever(store))
    pbx = settings.pbx.name
    # Ids carry the channel's own time first, so that the oldest record bounds the rows.
    first = min((call_id(pbx, uniqueid).int >> 80 for uniqueid in recorded), default=0)
    rows = await calls_of_pbx(store, pbx, UUID(int=first << 80))
    return compare(recorded, rows, unreadable)


def compare(recorded: Iterable[str], rows: Iterable[CallRow], unreadable: int = 0) -> Audit:
    """What is on one side alone."""
    records = set(recorded)
    ended = {row.uniqueid: row.ended for row in rows}
    return Audit(
        records=len(records),
        rows=len(ended),
        without_row=sorted(records - set(ended)),
        without_record=sorted(
            uniqueid for uniqueid, over in ended.items() if over and uniqueid not in records
        ),
        open=sorted(
            uniqueid for uniqueid, over in ended.items() if not over and uniqueid in records
        ),
        in_progress=sum(not over and one not in records for one, over in ended.items()),
        unreadable=unreadable,
    )


def read_records(path: Path, agents: frozenset[str] = frozenset()) -> tuple[set[str], int]:
    """The unique ids of the line's callers, and how many lines are no records.

    What agents dial, and the channels of callbacks, are no callers. A call that stood in a queue
    has several records. Asterisk makes the file with the first record, but the folder at its
    installation. Raises `ConfigError` without the folder.
    """
    found: set[str] = set()
    unreadable = 0
    if path.parent.is_dir() and not path.exists():
        return found, unreadable
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for record in csv.reader(file):
                if len(record) <= UNIQUEID or not record[UNIQUEID]:
                    unreadable += 1
                elif _is_caller(record, agents):
                    found.add(record[UNIQUEID])
    except OSError as error:
        message = f"Asterisk's call records cannot be read: {error.strerror}"
        remedy = "include cdr_saluran.conf in cdr.conf, or correct `files.cdr`"
        raise ConfigError(Problem(str(path), 0, 0, message, remedy)) from None
    return found, unreadable


def _is_caller(record: Sequence[str], agents: frozenset[str]) -> bool:
    context = record[CONTEXT]
    endpoint = record[CHANNEL].partition("/")[2].rpartition("-")[0]
    ours = context.startswith(OURS) and not context.startswith(NO_CALLERS)
    return ours and endpoint not in agents
