"""One look at a PBX's manager interface for `saluran check`: reachable, and with which rights."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.ami_errors import AmiError, AmiLoginRefused
from ivr.ami_transport import AmiAddress, AmiTransport, in_words
from ivr.ami_wire import Response, action

REQUIRED_ACTIONS: Mapping[str, str] = {
    "AGI": "agi",
    "AbsoluteTimeout": "call",
    "Hangup": "call",
    "Originate": "originate",
    "QueueAdd": "agent",
    "QueuePause": "agent",
    "QueuePenalty": "agent",
    "QueueRemove": "agent",
    "Redirect": "call",
    "Reload": "system",
    "Setvar": "call",
    "Status": "call",
}
"""What the service asks of the PBX, and the one right of `write` that each needs (Ping: none)."""
REQUIRED_READ = frozenset({"agi", "agent", "call", "user"})
"""What the service must be told of: AsyncAGI, queues, calls, and the dialplan's own events."""

_PRIVILEGES = re.compile(r"\(Priv: ([a-z,]+)\)$")
_USER = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Probe:
    """What was found; `problem` is None when all is well so far as it can be seen."""

    version: str | None = None
    """AMI's version from the banner; None when nothing answered as a PBX does."""
    logged_in: bool = False
    problem: str | None = None
    """Why it could not be reached or would not let us in, with the remedy."""
    missing_write: frozenset[str] = frozenset()
    superfluous_write: frozenset[str] = frozenset()
    """Rights that the service has no use for; `a or b` where the PBX's answer fits both."""
    missing_read: frozenset[str] | None = None
    superfluous_read: frozenset[str] | None = None
    """None when the PBX does not tell (only where `func_config.so` is loaded can it be asked)."""


async def probe(address: AmiAddress, user: str, secret: str) -> Probe:
    """Connect, log in, look at the rights, and leave. Raises nothing of the link's errors."""
    link = AmiTransport(address)
    try:
        await link.connect()
        await link.log_in(user, secret)
        write = _classes_by_action(await link.send_action(action("ListCommands")))
        read = await _read_rights(link, user)
    except AmiLoginRefused as refused:
        return Probe(link.version, problem=str(refused))
    except (AmiError, OSError) as error:
        return Probe(link.version, problem=in_words(error))
    finally:
        await link.close()
    return Probe(
        link.version,
        logged_in=True,
        missing_write=frozenset(r for a, r in REQUIRED_ACTIONS.items() if a not in write),
        superfluous_write=_superfluous(write),
        missing_read=None if read is None else REQUIRED_READ - read,
        superfluous_read=None if read is None else read - REQUIRED_READ,
    )


def _classes_by_action(commands: Response) -> dict[str, frozenset[str]]:
    """The rights of which any one allows an action, of each action that this user may use."""
    found = {name: _PRIVILEGES.search(commands.get(name)) for name in commands.keys}
    return {
        name: frozenset(match[1].split(",")) - {"all"}
        for name, match in found.items()
        if match is not None
    } | {name: frozenset() for name, match in found.items() if match is None}


def _superfluous(write: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The rights that must be there for the actions that the needed rights do not allow."""
    needed = set(REQUIRED_ACTIONS.values())
    beyond = [classes for classes in write.values() if classes and not classes & needed]
    certain = {right for classes in beyond if len(classes) == 1 for right in classes}
    unclear = {" or ".join(sorted(classes)) for classes in beyond if not classes & certain}
    return frozenset(certain | unclear)


async def _read_rights(link: AmiTransport, user: str) -> frozenset[str] | None:
    """The user's `read` of manager.conf, which no action shows; None when it is not told."""
    if not _USER.fullmatch(user):
        return None
    asked = action("Getvar", Variable=f"AST_CONFIG(manager.conf,{user},read)")
    try:
        told = (await link.send_action(asked)).get("Value")
    except AmiError:
        return None
    return frozenset(right.strip() for right in told.split(",")) if told else None
