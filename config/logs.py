"""Logs: one line an event on standard error, as JSON or for a person's eyes.

Events are `noun.verb` with fields. What standard `logging` tells (libraries do) comes out the same
way. Numbers are masked and secrets dropped by their keys, as a last guard: do not log them.
"""

import io
import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.phones import masked

Format = Literal["json", "console"]
Level = Literal["debug", "info", "warning", "error"]

NUMBERS = frozenset({"phone", "caller", "number"})
SECRETS = frozenset({"secret", "pin", "password"})


def set_up(format: Format, level: Level) -> None:  # noqa: A002 - the settings' own word
    """Route structlog and `logging` to standard error; call it once, before the first event."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        guard,
    ]
    last = _renderers(format)
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(_Patient(sys.stderr)),
        cache_logger_on_first_use=True,
    )
    _route_logging(threshold, [structlog.stdlib.add_logger_name, *first], last)


class _Patient(io.TextIOBase, TextIO):
    """Standard error on a full disk or a broken pipe: the line is lost, the service goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def guard(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask what looks like a telephone number, drop secrets; also in mappings within."""
    return _guarded(event)


def _guarded(fields: Mapping[str, Any]) -> dict[str, Any]:
    kept = {}
    for key, value in fields.items():
        if key in SECRETS:
            continue
        if key in NUMBERS:
            kept[key] = _masked(value)
        else:
            kept[key] = _guarded(value) if isinstance(value, Mapping) else value
    return kept


def _masked(value: Any) -> Any:
    text = str(value)
    return masked(text) if sum(map(str.isdigit, text)) > 4 else value


def _renderers(format: Format) -> list[Processor]:  # noqa: A002
    if format == "console":
        plain = structlog.dev.plain_traceback
        colours = sys.stderr.isatty()
        return [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]
    # Without local variables: they hold numbers and secrets.
    traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(traceback),
        structlog.processors.JSONRenderer(),
    ]


def _route_logging(threshold: int, first: list[Processor], last: list[Processor]) -> None:
    handler = logging.StreamHandler(_Patient(sys.stderr))
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=[remove, *last])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
