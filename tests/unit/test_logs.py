"""Logs, run in a process of their own: set-up is once for a process."""

import json
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = """
import logging, sys
import structlog
from config.logs import set_up

set_up(sys.argv[1], sys.argv[2])
log = structlog.get_logger()
with structlog.contextvars.bound_contextvars(call="c-1"):
    log.info("call.ended", phone="+6281234567890", caller="anonymous", number=10000123, pin="4711",
             about={"password": "geheim", "phone": None, "caller": "0812\\r\\n345678"}, ok=True)
    log.debug("line.asked")
    logging.getLogger("asyncpg").warning("gone %s", "away")
    logging.getLogger("asyncpg").info("chatty")
    rahasia = "geheim"
    try:
        raise ValueError("torn")
    except ValueError:
        log.exception("call.failed")
        logging.getLogger("aiohttp").exception("request failed")
"""


def logged(format_: str, level: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, format_, level], capture_output=True, text=True, check=True
    )
    assert run.stdout == ""
    return run.stderr


def events(level: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged("json", level).splitlines()]


def test_an_event_is_one_json_object_with_the_calls_context() -> None:
    ended = events("info")[0]
    assert ended.pop("at").endswith("Z")
    assert ended == {
        "event": "call.ended",
        "level": "info",
        "call": "c-1",
        "phone": "+62…890",
        "caller": "anonymous",
        "number": "…123",
        "about": {"phone": None, "caller": "…678"},
        "ok": True,
    }


def test_libraries_log_the_same_way_and_the_level_holds_for_all() -> None:
    told = [(event["event"], event.get("logger")) for event in events("warning")]
    assert told == [
        ("gone away", "asyncpg"),
        ("call.failed", None),
        ("request failed", "aiohttp"),
    ]
    assert {"line.asked", "call.ended", "chatty"} < {event["event"] for event in events("debug")}


def test_an_exception_is_structured_and_holds_no_local_variables() -> None:
    errors = [event["exception"] for event in events("error")]
    assert [[one["exc_type"] for one in chain] for chain in errors] == [["ValueError"]] * 2
    assert all("locals" not in chain[0]["frames"][0] for chain in errors)


@pytest.mark.parametrize("format_", ["json", "console"])
def test_no_secret_and_no_whole_number_is_logged(format_: str) -> None:
    text = logged(format_, "debug")
    assert "call.ended" in text
    assert "Traceback" in text or format_ == "json"
    for hidden in ("geheim", "4711", "81234567890", "345678"):
        assert hidden not in text
