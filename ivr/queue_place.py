"""A caller's place in a queue as the dialplan takes it, and how it says that the queue was left.

The other side is config/asterisk/extensions_queue.conf.
"""

from ivr.ami import Action, action
from ivr.ports_queue import QueueExit, QueuePlace

CONTEXTS = ("saluran-queue", "saluran-queue-keys")
_EXITS = {
    "CONTINUE": "served",
    "TIMEOUT": "timeout",
    "FULL": "full",
    "JOINEMPTY": "empty",
    "JOINUNAVAIL": "empty",
    "LEAVEEMPTY": "empty",
    "LEAVEUNAVAIL": "empty",
    "WITHDRAW": "withdrawn",
    "CALLBACK": "callback",
    "MENU": "menu",
}


def variables(place: QueuePlace) -> dict[str, str]:
    """What the channel must know; by two leading underscores the agent's channel knows it too."""
    return {
        "IVR_QUEUE": place.queue,
        "IVR_WAIT": str(place.wait),
        "IVR_POSITION": "" if place.position is None else str(place.position),
        "IVR_SINCE": f"{place.since.timestamp():.3f}",
        "QUEUE_PRIO": str(place.priority),
        "IVR_ENTRY_ID": str(place.entry),
        "__IVR_TALK": place.talk,
    }


def redirect(channel: str) -> Action:
    return action("Redirect", Channel=channel, Context=CONTEXTS[0], Exten="wait", Priority="1")


def left(status: str, info: str) -> QueueExit | None:
    """What `IVR_LEFT` and `QUEUE_WITHDRAW_INFO` say; None when nothing was left."""
    if not status:
        return None
    how = _EXITS.get(status, "failed")
    return QueueExit(how, info if how == "withdrawn" else "")
