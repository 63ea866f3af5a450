"""Facts on the local disk while PostgreSQL is away: appended with fsync, replayed in order.

A spool is a folder of segments, `000000000001.jsonl` and on, one fact a line. A segment is removed
when all its facts are in PostgreSQL; a crash before that replays it, which changes nothing, since
facts are applied by id. A line that a crash cut short was never acknowledged and is passed over.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import structlog

log = structlog.get_logger()

SEGMENT_FACTS = 2_000


class Spool:
    """Not thread-safe and of one process; the journal is its only user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._depth = sum(len(_lines(path)) for path in self._segments())
        self._out: BinaryIO | None = None
        self._in_segment = 0

    @property
    def depth(self) -> int:
        """Facts that wait."""
        return self._depth

    def append(self, facts: Iterable[Mapping[str, Any]]) -> None:
        """Write facts and force them to disk. Raises OSError; then none of them counts."""
        lines = [json.dumps(fact, separators=(",", ":")).encode() + b"\n" for fact in facts]
        out = self._writer()
        start = out.tell()
        try:
            out.write(b"".join(lines))
            out.flush()
            os.fsync(out.fileno())
        except OSError:
            self._cut(start)
            raise
        self._depth += len(lines)
        self._in_segment += len(lines)

    def oldest(self) -> tuple[Path, list[dict[str, Any]]] | None:
        """The oldest segment and its facts; nothing is appended to it any more."""
        segments = self._segments()
        if not segments:
            return None
        if self._out and Path(self._out.name) == segments[0]:
            self._close()
        return segments[0], [fact for line in _lines(segments[0]) if (fact := _parse(line))]

    def done(self, segment: Path) -> None:
        """The facts of this segment are in PostgreSQL."""
        lines = len(_lines(segment))
        segment.unlink()
        self._depth = max(0, self._depth - lines)

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))

    def _writer(self) -> BinaryIO:
        if self._out and self._in_segment >= SEGMENT_FACTS:
            self._close()
        if self._out is None:
            last = self._segments()[-1:]
            number = int(last[0].stem) + 1 if last else 1
            self._out = (self._folder / f"{number:012}.jsonl").open("ab")
            _sync_folder(self._folder)
        return self._out

    def _close(self) -> None:
        if self._out:
            self._out.close()
        self._out, self._in_segment = None, 0

    def _cut(self, start: int) -> None:
        """Take back a half-written batch, so that it is not replayed beside its retry."""
        path = Path(self._out.name) if self._out else None
        try:
            self._close()
        except OSError:
            self._out = None
        if path:
            os.truncate(path, start)


def _lines(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        fact: dict[str, Any] = json.loads(line)
    except ValueError:
        log.error("spool.line_unreadable", bytes=len(line), remedy="the disk damaged the spool")
        return None
    return fact


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
