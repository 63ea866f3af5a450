"""The sentences of `saluran queue why`. Times are in WIB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from config.calendar import WIB

RESTING = frozenset({"waiting", "human", "cancelled"})
"""States of a callback that tell more than the last stay of its placeholder."""


class Stood(Protocol):
    """`tickets.why.Other`, as far as it is told."""

    @property
    def of(self) -> UUID: ...
    @property
    def since(self) -> datetime: ...
    @property
    def priority(self) -> int: ...
    @property
    def turn(self) -> datetime | None: ...
    @property
    def earlier(self) -> bool: ...
    @property
    def fair(self) -> bool: ...


def of_entry(entry: Mapping[str, Any], others: Sequence[Stood], still: int) -> str:
    """`still`: so many stand there now whose turn is earlier."""
    parts = [_standing(entry), _end(entry, still), *_order(entry, others)]
    return "; ".join(part for part in parts if part) + "."


def of_callback(row: Mapping[str, Any]) -> str:
    tries = f"after {row['tries']} tries"
    match row["state"]:
        case "waiting":
            return (
                f"The callback waits since {_time(row['since'])} with priority {row['priority']}, "
                f"is due at {_time(row['due'])}, {tries}, and {row['earlier']} callbacks that are "
                "due have an earlier turn."
            )
        case "human":
            return f"The callback is a task for a person ({row['reason']}), {tries}."
        case "cancelled":
            return f"The callback was cancelled, {tries}."
        case "done":
            return f"The callback is done, {tries}."
        case _:
            return f"The callback is held by {row['claimed_by']} for its turn, {tries}."


def of_call(row: Mapping[str, Any]) -> str:
    how = f"ended ({row['outcome']})" if row["ended_at"] else "goes on"
    return f"The call never stood in a queue; it {how} at the step {row['last_step'] or 'unknown'}."


def _standing(entry: Mapping[str, Any]) -> str:
    who = "callback" if entry["is_callback"] else "call"
    return (
        f"The {who} joined {entry['queue']} at {_time(entry['joined_at'])} in place "
        f"{entry['position']}, waiting since {_time(entry['since'])}, with priority "
        f"{entry['priority']}"
    )


def _end(entry: Mapping[str, Any], still: int) -> str:
    if entry["answered_at"]:
        return (
            f"it was answered by {entry['agent']} at {_time(entry['answered_at'])}, after "
            f"{entry['waited']:.0f} s, as number {entry['rank']} of the day there"
        )
    if entry["how"]:
        return f"it left without an agent at {_time(entry['left_at'])} ({entry['how']})"
    return f"it still waits, behind {still} with an earlier turn"


def _order(entry: Mapping[str, Any], others: Sequence[Stood]) -> list[str]:
    served = [one for one in others if one.turn and one.earlier and one.fair]
    urgent = [one for one in served if one.priority > entry["priority"]]
    older = [one for one in served if one.priority == entry["priority"]]
    overtook = [one for one in others if not one.earlier and not one.fair]
    overtaken = [one for one in others if one.earlier and not one.fair]
    told = [
        urgent and f"{len(urgent)} went before it for a higher priority",
        older and f"{len(older)} because they had waited longer, since {_span(older)}",
        entry["missed"] and f"phones rang for it {entry['missed']} times in vain",
        overtook and f"out of turn before it: {_named(overtook)}",
        overtaken and f"out of turn after it: {_named(overtaken)}",
        "" if served or overtook else "nobody was served before it meanwhile",
    ]
    return [part for part in told if isinstance(part, str)]


def _span(served: Sequence[Stood]) -> str:
    first, last = (_time(pick(one.since for one in served)) for pick in (min, max))
    return first if first == last else f"{first} to {last}"


def _named(others: Sequence[Stood]) -> str:
    shown = ", ".join(str(one.of) for one in others[:3])
    return shown if len(others) <= 3 else f"{shown} and {len(others) - 3} more"


def _time(at: datetime) -> str:
    return f"{at.astimezone(WIB):%H:%M:%S}"
