"""AMI on the wire: bytes into the library's messages, and the library's actions into bytes.

In place of the library's own reading and writing, which splits on U+2028 (so that a caller's
name could overwrite `Channel`), lets CR and LF through and keeps the last of repeated headers.
Source: Asterisk's `main/manager.c`.
"""

import re
from collections.abc import Iterator, Sequence

from asterisk.ami import Action
from asterisk.ami import Event as LibraryEvent
from asterisk.ami import Response as LibraryResponse

from ivr.ami_errors import AmiGarbled, AmiUnsafe

MOST_BYTES = 4 * 1024 * 1024
"""The longest message read, in bytes."""
MOST_BANNER = 256
MOST_LINE = 1022
"""The longest header line that Asterisk reads, in bytes, without its CRLF."""
MOST_HEADERS = 128
"""The most headers that Asterisk reads of one action (`AST_MAX_MANHEADERS`)."""

Value = str | int | Sequence[str]
Keys = dict[str, str | list[str]]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_UNSAFE = re.compile(r"[\r\n\0]")


class _Headers:
    """Headers by name; one that came several times is a list of its values in order."""

    keys: Keys

    def get(self, name: str, default: str = "") -> str:
        """The header's value; the first, when it came several times."""
        value = self.keys.get(name, default)
        return value if isinstance(value, str) else value[0]

    def all(self, name: str) -> list[str]:
        """All values of a header, e.g. of `Variable` in `Status`."""
        value = self.keys.get(name, [])
        return [value] if isinstance(value, str) else value


class Event(_Headers, LibraryEvent):  # type: ignore[misc]
    """An event of the PBX."""

    name: str

    @staticmethod
    def read(event: bytes) -> "Event":
        """An event from its bytes, without the empty line at its end."""
        name, keys, _ = _read(event)
        return Event(name, keys)


class Response(_Headers, LibraryResponse):  # type: ignore[misc]
    """The PBX's answer to an action."""

    status: str
    follows: list[str]
    """Lines that are no headers."""

    @staticmethod
    def read(response: bytes) -> "Response":
        """A response from its bytes, without the empty line at its end."""
        status, keys, follows = _read(response)
        return Response(status, keys, follows)


def _read(packet: bytes) -> tuple[str, Keys, list[str]]:
    first, *lines = packet.decode("utf-8", "replace").split("\r\n")
    keys: Keys = {}
    follows: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if value.startswith(" "):
            value = value[1:]
        if not colon:
            follows.append(line)
        elif name not in keys:
            keys[name] = value
        else:
            _add_again(keys, name, value)
    return first.partition(": ")[2], keys, follows


def _add_again(keys: Keys, name: str, value: str) -> None:
    known = keys[name]
    if isinstance(known, list):
        known.append(value)
    else:
        keys[name] = [known, value]


def action(name: str, **headers: Value) -> Action:
    """An action of the library; a header with a list of values is sent once for each.

    Raises `AmiUnsafe`, here and not when it is sent, so that the culprit is on the stack.
    """
    made = Action(name, dict(headers))
    serialise(made)
    return made


def serialise(made: Action) -> bytes:
    """An action's bytes with the empty line at its end. Raises `AmiUnsafe`, never with a value."""
    lines = [_line(made.name, name, value) for name, value in _headers(made)]
    if len(lines) > MOST_HEADERS:
        raise AmiUnsafe(f"AMI action {made.name!r} has {len(lines)} headers; send fewer at once")
    return b"".join(lines) + b"\r\n"


def _headers(made: Action) -> Iterator[tuple[str, str]]:
    yield "Action", made.name
    for name, value in made.keys.items():
        for one in [value] if isinstance(value, str | int) else value:
            yield name, str(one)
    for name, value in made.variables.items():
        yield "Variable", f"{name}={value}"


def _line(place: str, name: str, value: str) -> bytes:
    if not _NAME.fullmatch(name) or _UNSAFE.search(value):
        raise AmiUnsafe(f"AMI action {place!r}: header {name!r} holds a CR, LF or NUL; encode it")
    try:
        line = f"{name}: {value}".encode()
    except UnicodeEncodeError:
        raise AmiUnsafe(f"AMI action {place!r}: header {name!r} is not Unicode text") from None
    if len(line) > MOST_LINE:
        raise AmiUnsafe(
            f"AMI action {place!r}: header {name!r} has {len(line)} bytes; "
            f"the PBX reads {MOST_LINE}"
        )
    return line + b"\r\n"


class Packets:
    """Cuts a byte stream into the banner's line, then messages. Looks at each byte once."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._end = b"\r\n"
        self._most = MOST_BANNER

    def feed(self, data: bytes) -> list[bytes]:
        """What is complete with `data`, in order. Raises `AmiGarbled` when nothing ever ends."""
        seen = max(0, len(self._buffer) - len(self._end) + 1)
        self._buffer += data
        found = self._buffer.find(self._end, seen)
        if found < 0:
            if len(self._buffer) > self._most:
                raise AmiGarbled(f"{len(self._buffer)} bytes came without an end of message")
            return []
        if len(self._end) == 2:
            return self._banner(found)
        *whole, rest = bytes(self._buffer).split(self._end)
        self._buffer = bytearray(rest)
        return [packet for packet in whole if packet]

    def _banner(self, length: int) -> list[bytes]:
        banner, rest = bytes(self._buffer[:length]), bytes(self._buffer[length + 2 :])
        self._buffer.clear()
        self._end, self._most = b"\r\n\r\n", MOST_BYTES
        return [banner, *self.feed(rest)]
