"""AGI commands that may be sent, and what their replies mean.

The right to send AGI is the right to run code on the PBX, so commands are only ever made here:
each argument is held against a list of the characters it may have, and none of them can end an
argument, quote, or be expanded. Replies as in Asterisk's `res/res_agi.c`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.errors import LineError

MOST_COMMAND = 1000
"""Bytes; the AMI header that carries a command is read up to 1022."""


class AgiRefused(LineError):
    """A command that must not be sent, for its argument's characters or its length."""


class AgiGarbled(LineError):
    """What came is no reply: one longer than 1024 bytes was cut and its rest precedes the next.

    All later results of the channel's AsyncAGI would be shifted; redirect it to `resume`.
    """


@dataclass(frozen=True, slots=True)
class AgiReply:
    """What a command came to."""

    code: int
    """200; 510 unknown command, 511 the channel is dead, 520 wrong arguments."""
    result: int
    """0 or more when it worked; -1 after a hangup or a failure, and with every code but 200; -2 for
    an application that is not loaded."""
    data: str = ""
    """What stood in brackets, e.g. the value of a variable."""
    endpos: int | None = None
    """Where a recording or a file ended, in samples."""


_REPLY = re.compile(r"200 result=(-?\d+)(?: \(([^\r\n]*)\))?(?: endpos=(\d+))?\n?")
_ERROR = re.compile(r"(5\d\d) ([^\n]*)\n?")
_USAGE = re.compile(r"520-([^\n]*)\n.*520 End of proper usage\.\n?", re.DOTALL)

_VARIABLE = r"[A-Z][A-Z_]*"
_KINDS = {
    "variable": re.compile(_VARIABLE),
    "sound": re.compile(r"[a-z0-9/_-]+"),
    "queue": re.compile(r"[a-z0-9_-]+"),
    "path": re.compile(r"(?!(?:.*/)?\.\.?(?:/|$))[A-Za-z0-9 ._/-]+"),
    "value": re.compile(r"[A-Za-z0-9 ._:/@+=,-]*"),
    "Read options": re.compile(r"t?"),
    "expression": re.compile(
        rf"(?:[A-Za-z0-9 ._:=,|-]|\$\{{(?:{_VARIABLE}|CALLERID\((?:num|name)\)"
        rf"|URIENCODE\(\$\{{(?:{_VARIABLE}|CALLERID\((?:num|name)\))\}}\))\}})+"
    ),
}


def agi_result(text: str) -> AgiReply:
    """A reply, decoded from the event's `Result`. Raises `AgiGarbled`."""
    found = _REPLY.fullmatch(text)
    if found:
        result, data, endpos = found.groups()
        return AgiReply(200, int(result), data or "", None if endpos is None else int(endpos))
    if failed := _ERROR.fullmatch(text):
        return AgiReply(int(failed[1]), -1, failed[2])
    if usage := _USAGE.fullmatch(text):
        return AgiReply(520, -1, usage[1])
    raise AgiGarbled(f"no AGI reply, but {len(text)} characters beginning {text[:12]!r}")


def read(variable: str, sounds: Sequence[str], most: int, silence: float, options: str = "") -> str:
    """Play sounds until a key, then collect up to `most` keys into `variable`.

    Ends with `#`, or `silence` seconds after the prompt or the last key. With `options="t"` (since
    18.9) no key ends it and `#` is a key as any other: the way to read one key of a menu.
    `READSTATUS` is then OK, also for `#` alone, with nothing in `variable`; TIMEOUT, with the keys
    so far; ERROR when not one of the sounds could be played; HANGUP or INTERRUPTED.
    A key pressed after the last one read, but before the next command, is read by that one.
    Source: `app_read.c`, and tests/calls/test_agi.py.
    """
    played = "&".join(_checked("sound", sound) for sound in sounds)
    arguments = (
        _checked("variable", variable),
        played,
        _whole("keys", most, 1, 255),
        _checked("Read options", options),
        "1",
        _seconds(silence),
    )
    return _exec("Read", *arguments)


def playback(sounds: Sequence[str]) -> str:
    """Play sounds to the end. `PLAYBACKSTATUS` is then SUCCESS or FAILED."""
    return _exec("Playback", "&".join(_checked("sound", sound) for sound in sounds))


def replay(path: str) -> str:
    """Play a file of the PBX's machine, named without its ending, to the end."""
    return _exec("Playback", _checked("path", path))


def record(path: str, silence: int, seconds: int) -> str:
    """Record after a tone into `path`, whose ending is the format, until `#`.

    Ends too after `silence` seconds of silence, or after `seconds` (0: never, both); kept after a
    hangup. `RECORD_STATUS` is then DTMF, SILENCE, TIMEOUT, HANGUP, or ERROR when the file could
    not be written. Source: `app_record.c`.
    """
    return _exec(
        "Record",
        _checked("path", path),
        _whole("seconds of silence", silence, 0, 3600),
        _whole("seconds", seconds, 0, 3600),
        "k",
    )


def queue_members(name: str) -> str:
    """How many agents are logged in to a queue, as a variable's value."""
    return _within(f'GET FULL VARIABLE "${{QUEUE_MEMBER({_checked("queue", name)},logged)}}"')


def full_variable(expression: str) -> str:
    """Evaluate text with `${NAME}`, `${CALLERID(num)}` and `URIENCODE` of these.

    Whatever a caller can influence belongs in `URIENCODE`. No other function is let through.
    """
    return _within(f'GET FULL VARIABLE "{_checked("expression", expression)}"')


def set_variable(name: str, value: str) -> str:
    """Set a variable of the channel."""
    return _within(f'SET VARIABLE {_checked("variable", name)} "{_checked("value", value)}"')


def _exec(application: str, *arguments: str) -> str:
    return _within(f'EXEC {application} "{",".join(arguments)}"')


def _checked(kind: str, value: str) -> str:
    if not _KINDS[kind].fullmatch(value):
        raise AgiRefused(f"{value[:80]!r} is no {kind} that may be sent to the PBX")
    return value


def _whole(kind: str, value: int, least: int, most: int) -> str:
    if not least <= value <= most:
        raise AgiRefused(f"{value} {kind} is not between {least} and {most}")
    return str(int(value))


def _seconds(value: float) -> str:
    if not 0 < value <= 3600:
        raise AgiRefused(f"{value} seconds of silence are not between 0 and 3600")
    return f"{value:g}"


def _within(command: str) -> str:
    if len(command.encode()) > MOST_COMMAND:
        raise AgiRefused(f"an AGI command of {len(command)} bytes: play fewer sounds at once")
    return command
