"""Promises are kept, or with a person after what the policy allows; and how people are dialled."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from tests.shift import pbx_logs
from tests.shift.diary import Leg
from tests.shift.evidence import Evidence, Proof, listed
from tests.shift.house import ATTEMPTS
from tests.shift.rows import Row

EARLY = 3.0
"""Seconds of talk from which a callback is kept (`callbacks.early_seconds`)."""


def kept(found: Evidence) -> Proof:
    attempts: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in found.rows.attempts:
        attempts[row["callback"]].append(row)
    asked = {dialled for row in found.rows.callbacks for dialled in row["asked_in"]}
    against = [
        f"{made.dialled} was promised a call that no callback has"
        for made in found.diary.calls
        if made.promised and made.dialled not in asked
    ]
    for row in found.rows.callbacks:
        broken = _broken(row, attempts[row["id"]])
        against += [f"callback {row['id']} of {row['phone']} {why}" for why in broken]
    told = listed(row["state"] for row in found.rows.callbacks)
    kinds = listed(kind for row in found.rows.callbacks for kind in row["kinds"])
    moved = sum(row["moved"] for row in found.rows.callbacks)
    told += f"; asked for as {kinds}; {moved} moved by hand"
    return Proof("Every promise is kept or in the hands of a person", against, told)


def known(found: Evidence) -> Proof:
    """Each dial that a phone got is an attempt's, and each attempt's dial reached its phone."""
    attempts = found.rows.attempts
    dialled = Counter(row["phone"] for row in attempts if row["dialled_at"])
    rang = Counter(leg.phone for leg in found.diary.person_legs)
    unknown = {row["phone"] for row in attempts if row["result"] == "invalid"}
    against = [
        f"{phone} rang {rang[phone]} times, {dialled[phone]} attempts dialled it"
        for phone in sorted((set(rang) | set(dialled)) - unknown)
        if rang[phone] != dialled[phone]
    ]
    talks = Counter(leg.phone for leg in found.diary.person_legs if talked(leg) >= EARLY)
    won = Counter(row["phone"] for row in attempts if row["result"] == "kept")
    against += [
        f"{phone} talked {talks[phone]} times, {won[phone]} attempts were kept"
        for phone in sorted(set(talks) | set(won))
        if talks[phone] != won[phone]
    ]
    recorded = pbx_logs.dials(found.records)
    if recorded != dialled.total():
        against.append(f"the PBX recorded {recorded} dials, attempts {dialled.total()}")
    told = listed(row["result"] for row in attempts)
    return Proof("Phones, call records and rows know the same dials", against, told)


def one_at_a_time(found: Evidence) -> Proof:
    """No phone twice at once, and never more dials than agents who wait on the line."""
    legs = sorted(found.diary.person_legs, key=lambda leg: leg.rang)
    against, most = list[str](), 0
    for phone in sorted({leg.phone for leg in legs}):
        mine = pairwise(leg for leg in legs if leg.phone == phone)
        if any(other.rang < one.over for one, other in mine):
            against.append(f"{phone} was dialled twice at once")
    for leg in legs:
        dialled = sum(one.rang <= leg.rang < one.over for one in legs)
        agents = sum(_waits(one, leg.rang) for one in found.diary.agent_legs)
        most = max(most, dialled)
        if dialled > agents:
            against.append(f"{dialled} dials with {agents} agents on the line")
    told = f"{len(legs)} dials, at most {most} at once"
    return Proof("Nobody is dialled twice at once, nor without an agent", against, told)


def talked(leg: Leg) -> float:
    """Seconds."""
    return leg.over - leg.answered if leg.answered else 0.0


def _waits(leg: Leg, moment: float) -> bool:
    return leg.answered is not None and leg.answered <= moment < leg.over


def _broken(row: Row, attempts: Sequence[Row]) -> Iterator[str]:
    results = [attempt["result"] for attempt in attempts]
    dialled = sum(attempt["dialled_at"] is not None for attempt in attempts)
    if dialled > ATTEMPTS:
        yield f"was dialled {dialled} times"
    if "uncertain" in results or None in results:
        yield f"has an attempt of which nobody knows the end: {results}"
    match row["state"]:
        case "done":
            if results.count("kept") != 1:
                yield f"is done and was kept {results.count('kept')} times"
        case "human":
            if dialled < ATTEMPTS and row["reason"] not in ("invalid", "forbidden"):
                yield f"was given to a person after {dialled} dials: {row['reason']}"
        case state:
            yield f"is forgotten: {state}"
