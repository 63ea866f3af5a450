"""Every caller has exactly one outcome, and it is what they lived through."""

from tests.shift import pbx_logs
from tests.shift.diary import CallMade
from tests.shift.evidence import Evidence, Proof, listed
from tests.shift.rows import Row

PARTS = ("without_row", "without_record", "open", "unreadable", "contradictions")


def audited(found: Evidence) -> Proof:
    audit = found.rows.audit
    against = [f"{name}: {audit[name]}" for name in PARTS if audit[name]]
    if audit["records"] != len(found.diary.calls):
        against.append(f"{audit['records']} records of {len(found.diary.calls)} calls")
    told = f"{audit['records']} calls; callbacks {audit['callbacks']}"
    return Proof("`saluran audit` finds every caller in one outcome", against, told)


def lived_through(found: Evidence) -> Proof:
    rows = {row["dialled"]: row for row in found.rows.calls}
    against = [
        f"{made.dialled} {why}"
        for made in found.diary.calls
        if (why := _differs(made, rows.get(made.dialled)))
    ]
    told = listed(row["outcome"] for row in rows.values())
    return Proof("Each row tells what its caller lived through", against, told)


def _differs(made: CallMade, row: Row | None) -> str:
    if row is None:
        return "has no row"
    if row["outcome"] not in made.may_be:
        says = " or ".join(sorted(made.may_be))
        return f"ended as {row['outcome']}, its caller says {says}"
    if made.talked_with and made.talked_with not in row["agents"]:
        return f"talked with {made.talked_with}, not with {row['agents']}"
    return ""


def spoke(found: Evidence) -> Proof:
    """The call detail records tell of the same callers that they spoke with an agent."""
    recorded = pbx_logs.spoke(found.records)
    told = {row["uniqueid"] for row in found.rows.calls if row["outcome"] == "agent"}
    against = [f"{one} by the PBX's records alone" for one in sorted(recorded - told)]
    against += [f"{one} by our rows alone" for one in sorted(told - recorded)]
    name = "The call records know the same callers who spoke with an agent"
    return Proof(name, against, f"{len(recorded)} callers")
