"""All that is known of a shift at its end, from the three sides that are held against each other:
what people lived through, what the PBX wrote, and what the rows say."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.shift import pbx_logs
from tests.shift.diary import CallMade, Diary
from tests.shift.pbx_logs import Line, Record
from tests.shift.rows import Rows, seconds


@dataclass(frozen=True)
class Proof:
    """One thing that must hold, with all that speaks against it."""

    name: str
    against: list[str]
    told: str = ""
    """What it rests on."""


@dataclass(frozen=True)
class Evidence:
    diary: Diary
    rows: Rows
    lines: list[Line]
    records: list[Record]
    forgotten: int
    """How often the service told that it could not look up a caller in time."""
    offset: float
    """Seconds by which the service's clock is ahead of the system's, which the PBX writes."""

    def at(self, pbx_seconds: float) -> float:
        """A time of the PBX's on the clock of the diary."""
        return seconds(datetime.fromtimestamp(pbx_seconds + self.offset, UTC))

    def calls_by_uniqueid(self) -> dict[str, CallMade]:
        """The nth channel of a number is its nth call."""
        numbers: defaultdict[str, list[str]] = defaultdict(list)
        for uniqueid, number in pbx_logs.callers(self.records).items():
            numbers[number].append(uniqueid)
        found: dict[str, CallMade] = {}
        for number, ids in numbers.items():
            mine = [made for made in self.diary.calls if made.number == number]
            found |= dict(zip(sorted(ids, key=_age), mine, strict=False))
        return found


def listed(names: Iterable[str]) -> str:
    """How often each occurs, the most frequent first."""
    counts = Counter(names)
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"


def _age(uniqueid: str) -> tuple[int, int]:
    made, _, nth = uniqueid.rpartition("-")[2].partition(".")
    return int(made), int(nth)
