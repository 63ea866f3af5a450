"""What an attempt came to, and when the person is called again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.phones import normalise
from config.settings_groups import Callbacks
from ivr.attempt_notes import AttemptNotes, Dialled
from ivr.ports import Hours
from ivr.ports_queue import DueCallback

NO_SUCH_NUMBER = frozenset({1, 28})
"""Q.850: unallocated number; invalid number format."""
NOT_REACHED = frozenset({"no_answer", "early_hangup", "machine", "unreachable"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of an attempt, as `CallbackTried` has it."""

    result: str
    talked: float = 0.0
    again: datetime | None = None


def whom(policy: Callbacks, due: DueCallback) -> str | None:
    """Which of the person's numbers is dialled this time; None when none of them may be.

    Never abroad, never a premium number or a short code (`config.phones`), never our own.
    """
    numbers = (due.phone, due.other_phone)
    may = [n for n in numbers if n and normalise(n) == n and n not in policy.never]
    return may[due.tries % len(may)] if may else None


def verdict(policy: Callbacks, hours: Hours, due: DueCallback, notes: AttemptNotes) -> Verdict:
    """What to make of an attempt that is over.

    Raises ValueError for one that never reached an agent: that has no result.
    """
    now = hours.now()
    if notes.number:
        result, talked = dialled(policy, notes)
        return Verdict(result, talked, _again(policy, hours, due, result))
    if notes.withheld == "closed":
        return moved(hours)
    if notes.declined:
        return Verdict("agent_declined", again=now)
    if notes.agent:
        return Verdict("agent_gone", again=now)
    raise ValueError(f"attempt {notes.attempt} reached nobody")


def moved(hours: Hours) -> Verdict:
    """The line is closed just now: the person is called at the next opening."""
    return Verdict("closed", again=_open(hours, hours.now()))


def dialled(policy: Callbacks, notes: AttemptNotes) -> tuple[str, float]:
    """What a dialling came to, and the seconds that were talked."""
    match notes.dialled:
        case None:
            return "uncertain", 0.0
        case Dialled("ANSWER", _, talked):
            if notes.machine:
                return "machine", talked
            return ("kept" if talked >= policy.early_seconds else "early_hangup"), talked
        case Dialled("BUSY"):
            return "busy", 0.0
        case Dialled("NOANSWER"):
            return "no_answer", 0.0
        case Dialled("CANCEL"):
            return "agent_gone", 0.0
        case Dialled(_, cause):
            return ("invalid" if cause in NO_SUCH_NUMBER else "unreachable"), 0.0


def _again(policy: Callbacks, hours: Hours, due: DueCallback, result: str) -> datetime | None:
    tried, now = due.tries + 1, hours.now()
    if tried >= policy.attempts:
        return None
    match result:
        case "agent_gone":
            return now
        case "busy":
            return _open(hours, now + timedelta(minutes=policy.busy_minutes))
        case "invalid":
            return now if due.other_phone else None
        case other if other in NOT_REACHED:
            waits = policy.again_minutes
            wait = waits[min(tried, len(waits)) - 1]
            return _open(hours, now + timedelta(minutes=wait))
        case _:
            return None


def _open(hours: Hours, at: datetime) -> datetime:
    # When nobody knows the next opening: nothing is claimed until the line is opened again.
    return hours.next_opening(at) or at
