"""Callers and callbacks are served by their original time within a priority."""

from collections import defaultdict
from collections.abc import Iterable

from tests.shift import pbx_logs
from tests.shift.evidence import Evidence, Proof, listed
from tests.shift.order import Deaf, Order, Stay, order
from tests.shift.pbx_logs import Stood
from tests.shift.rows import Row, seconds

WATCH = 1.5
"""Seconds by which a person's watch and the service's may differ: a key has to arrive."""
SLACK = 1.5
"""Seconds within which two turns count as one, by rows."""
SLACK_OF_THE_LOG = 2.5
"""The same between whole seconds."""
STILL = 1e9
Rung = dict[tuple[str, str], list[tuple[float, float]]]


def by_rows(found: Evidence) -> Proof:
    stood = pbx_logs.stays(found.lines)
    rung = _rung_in_vain(found, stood)
    uniqueids = {row["dialled"]: row["uniqueid"] for row in found.rows.calls}
    stays = [_of_row(row, rung, uniqueids) for row in found.rows.stays]
    return _proof(
        "Served by priority and original time, by rows", order(stays, SLACK, _deaf(found))
    )


def by_the_log(found: Evidence) -> Proof:
    """The PBX's own lines, and the callers' own watches."""
    calls, stays, against = found.calls_by_uniqueid(), list[Stay](), list[str]()
    for one in pbx_logs.stays(found.lines):
        entered = found.at(one.entered)
        if made := calls.get(one.call):
            since = max((at for at in made.asks if at <= entered + 1), default=made.began)
            stays.append(_of_log(found, one, made.dialled, since, int(made.nth > 1)))
        elif row := _placed(found, one.caller, entered):
            who, since = f"callback {row['callback']}", seconds(row["since"])
            stays.append(_of_log(found, one, who, since, row["priority"]))
        else:
            against.append(f"{one.call} is in the queue log and nobody's")
    name = "The same by the queue log and the callers' watches"
    return _proof(name, order(stays, SLACK_OF_THE_LOG, _deaf(found)), against)


def original_times(found: Evidence) -> Proof:
    """A callback waits since its person asked first, by that person's watch; and who rings again
    goes before who has not."""
    calls = {made.dialled: made for made in found.diary.calls}
    against = []
    for row in found.rows.callbacks:
        asked = [calls[dialled] for dialled in row["asked_in"] if dialled in calls]
        moments = [at for made in asked for at in (*made.asks, made.began)]
        since = seconds(row["since"])
        if not any(abs(since - at) <= WATCH for at in moments):
            said = ", ".join(f"{at:.1f}" for at in moments)
            against.append(f"callback {row['id']} waits since {since:.1f}, asked for at {said}")
    odd = {
        f"{made.dialled}, call {made.nth}, has priority {row['priority']}"
        for row in found.rows.stays
        if (made := calls.get(row["dialled"])) and row["priority"] != int(made.nth > 1)
    }
    if len(odd) > found.forgotten:
        against += sorted(odd)
    told = f"{len(found.rows.callbacks)} callbacks, {len(found.rows.stays)} stays"
    if found.forgotten:
        told += f"; {found.forgotten} times nobody could be looked up in time"
    return Proof("Original times and priorities are those of the people", against, told)


def _of_row(row: Row, in_vain: Rung, uniqueids: dict[str, str]) -> Stay:
    missed = zip(row["missed_from"] or (), row["missed_until"] or (), strict=True)
    rung = [(seconds(since), seconds(until)) for since, until in missed]
    rung += in_vain.get((uniqueids.get(row["dialled"], ""), row["queue"]), [])
    return Stay(
        who=row["dialled"] or f"callback {row['callback']}",
        queue=row["queue"],
        since=seconds(row["since"]),
        priority=row["priority"],
        joined=seconds(row["joined_at"]),
        left=seconds(row["left_at"]) if row["left_at"] else STILL,
        turn=seconds(row["turn"]) if row["turn"] else None,
        rung=tuple(rung),
    )


def _of_log(found: Evidence, one: Stood, who: str, since: float, priority: int) -> Stay:
    return Stay(
        who=who,
        queue=one.queue,
        since=since,
        priority=priority,
        joined=found.at(one.entered),
        left=found.at(one.left) if one.left else STILL,
        turn=found.at(one.turn) if one.turn else None,
        rung=tuple((found.at(since), found.at(until)) for since, until in one.rung),
    )


def _placed(found: Evidence, phone: str, entered: float) -> Row | None:
    """The row of a placeholder's stay: the log knows its number and when it came."""
    phones = {row["id"]: row["phone"] for row in found.rows.callbacks}
    mine = (row for row in found.rows.stays if phones.get(row["callback"]) == phone)
    return next((row for row in mine if abs(seconds(row["joined_at"]) - entered) < 2), None)


def _rung_in_vain(found: Evidence, stood: Iterable[Stood]) -> Rung:
    """Also of who left while a phone rang for them: no row tells of that ringing."""
    rung: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for one in stood:
        rung[one.call, one.queue] += [
            (found.at(since), found.at(until)) for since, until in one.rung
        ]
    return rung


def _deaf(found: Evidence) -> list[Deaf]:
    """Phones that were rung in vain by the PBX's log while they had no network by the agents' own
    diary."""
    rung = [
        (one.agent, Deaf(one.queues, found.at(one.since), found.at(one.until)))
        for one in pbx_logs.rung_in_vain(found.lines)
    ]
    return [
        deaf
        for agent, deaf in rung
        if any(
            away.phone == agent
            and away.since - SLACK_OF_THE_LOG < deaf.until
            and deaf.since < away.until + SLACK_OF_THE_LOG
            for away in found.diary.away
        )
    ]


def _proof(name: str, found: Order, against: Iterable[str] = ()) -> Proof:
    told = f"{found.served} served, {found.passed} pairs in turn"
    if found.excused:
        told += f"; no injustice: {listed(found.excused.elements())}"
    return Proof(name, [*found.wrong, *against], told)
