"""How a callback stands, in one word: for a colour, and for those who see none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.cases.callbacks import CallbackRow


@dataclass(frozen=True, slots=True)
class Standing:
    name: str
    """The last part of `callbacks.standing.…`."""
    level: str = "far"
    """`late`, `soon`, `good` or `far`: its colour."""
    late: timedelta = timedelta()
    """Beyond what was promised."""

    @property
    def minutes(self) -> int:
        return int(self.late.total_seconds() // 60)


def standing(one: CallbackRow, now: datetime, forgiven: timedelta) -> Standing:
    """Late is who has waited longer than is forgiven, since what they were told last."""
    match one.state:
        case "done":
            late = max(timedelta(), (one.kept_at or one.settled_at or now) - one.promised)
            if late > forgiven:
                return Standing("kept_late", "soon", late)
            return Standing("kept" if one.kept_at else "done", "good")
        case "cancelled":
            return Standing("cancelled")
        case "human":
            return Standing("taken" if one.reason == "taken" else "failed", "late")
        case "dialling" | "claimed":
            return Standing("dialling", "soon")
    late = now - one.promised
    if late > forgiven:
        return Standing("late", "late", late)
    if one.due <= now:
        return Standing("due", "soon")
    return Standing("again" if one.due > one.promised else "promised")
