"""The demo: two side by side, each ends only its own, and a second start finds what is there."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import asyncpg
import pytest

from scripts.embedded.privileges import CHECKOUT
from scripts.embedded.process import is_alive

PATIENCE = 90.0
"""Seconds after which something that should happen is given up; no test passes by it."""


@dataclass
class Demo:
    """A `scripts/demo` on a state folder, as somebody at a terminal would start it."""

    state: Path
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[str]" = field(init=False)

    def start(self) -> None:
        command = [sys.executable, "-m", "scripts.embedded.demo", "--state", str(self.state)]
        self.process = subprocess.Popen(
            [*command, *self.options],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            cwd=CHECKOUT,
            start_new_session=True,
        )

    def until_open(self) -> dict[str, Any]:
        """Wait until the line is open; what `endpoints.json` says."""
        path = self.state / "endpoints.json"
        until(lambda: path.exists() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def ends_on(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        """All that it said, once it has ended."""
        return self.process.communicate(timeout=PATIENCE)[1]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Starts demos, and ends those that a test left."""
    started: list[Demo] = []

    def start(name: str = "one", *options: str) -> Demo:
        made = Demo(tmp_path / name, options)
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        if made.process.poll() is None:
            made.ends_on(signal.SIGTERM)


@pytest.fixture
def by_hand() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Starts `saluran serve` alone on a state."""
    started: list[subprocess.Popen[str]] = []

    def serve(state: Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "scripts.cli", "serve", "--state", str(state)]
        started.append(
            subprocess.Popen(
                command,
                cwd=CHECKOUT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield serve
    for process in started:
        process.kill()
        process.wait()


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def is_open(endpoints: dict[str, Any]) -> bool:
    with suppress(OSError), urlopen(f"{endpoints['http']}/readyz") as answer:  # noqa: S310
        return bool(answer.status == 200)
    return False


def ports(endpoints: dict[str, Any]) -> set[object]:
    database = endpoints["database"].rsplit(":", 1)[1]
    return {endpoints["sip"]["port"], endpoints["ami"]["port"], endpoints["http"], database}


async def leave_a_mark(endpoints: dict[str, Any]) -> None:
    database = await asyncpg.connect(endpoints["database"])
    await database.execute("CREATE TABLE mark ()")
    await database.close()


async def find_the_mark(endpoints: dict[str, Any]) -> bool:
    database = await asyncpg.connect(endpoints["database"])
    found = await database.fetchval("SELECT to_regclass('mark') IS NOT NULL")
    await database.close()
    return bool(found)


async def counts(endpoints: dict[str, Any]) -> tuple[int, int]:
    """Calls, and accounts of the desk."""
    database = await asyncpg.connect(endpoints["database"])
    row = await database.fetchrow(
        "SELECT (SELECT count(*) FROM call), (SELECT count(*) FROM desk_user)"
    )
    await database.close()
    return row[0], row[1]


async def test_two_demos_run_side_by_side_and_each_ends_its_own(
    demo: Callable[..., Demo],
) -> None:
    one, two = demo("one"), demo("two", "--empty")
    first, second = one.until_open(), two.until_open()
    assert not ports(first) & ports(second)
    # Four weeks of made-up calls, or none; people to sign in as in either.
    (calls, people), (none, there) = await counts(first), await counts(second)
    assert calls > 100
    assert (none, there) == (0, people)
    assert people == len(second["desk"]["users"])

    one.ends_on(signal.SIGINT)
    assert not any(is_alive(pid) for pid in first["pids"].values())
    assert all(is_alive(pid) for pid in second["pids"].values())
    assert is_open(second)

    two.ends_on(signal.SIGTERM)
    assert not any(is_alive(pid) for pid in second["pids"].values())


async def test_a_second_start_finds_ports_secrets_and_data(demo: Callable[..., Demo]) -> None:
    before = demo()
    first = before.until_open()
    await leave_a_mark(first)
    before.ends_on(signal.SIGINT)

    second = demo().until_open()
    assert second | {"pids": {}} == first | {"pids": {}}
    assert await find_the_mark(second)


def test_a_state_in_use_is_refused_and_what_runs_goes_on(
    demo: Callable[..., Demo],
) -> None:
    running = demo()
    endpoints = running.until_open()
    refused = demo()
    assert refused.process.wait(PATIENCE) == 1
    assert f"process {running.process.pid}" in refused.said()
    assert is_open(endpoints)


def test_what_a_killed_demo_left_is_ended_by_the_next(demo: Callable[..., Demo]) -> None:
    killed = demo()
    first = killed.until_open()
    killed.ends_on(signal.SIGKILL)
    assert all(is_alive(pid) for pid in first["pids"].values())

    following = demo()
    until(lambda: not any(is_alive(pid) for pid in first["pids"].values()))
    until(lambda: not (following.state / "endpoints.json").exists())
    second = following.until_open()
    assert is_open(second)
    assert ports(second) == ports(first)


def test_a_killed_service_is_left_to_whoever_starts_it_again(
    demo: Callable[..., Demo], by_hand: Callable[[Path], "subprocess.Popen[str]"]
) -> None:
    running = demo()
    endpoints = running.until_open()
    os.kill(endpoints["pids"]["service"], signal.SIGKILL)
    until(lambda: not is_open(endpoints))

    service = by_hand(running.state)
    until(lambda: is_open(endpoints))
    pids = json.loads((running.state / "endpoints.json").read_text())["pids"]
    assert pids == endpoints["pids"] | {"service": service.pid}

    second = by_hand(running.state)
    assert second.wait(PATIENCE) != 0
    assert f"process {service.pid}" in second.communicate()[1]

    running.ends_on(signal.SIGINT)
    assert service.poll() is None, "the demo ended what it had not started"
    assert "Start it again with" in running.said()


def test_a_port_that_is_taken_is_refused_with_its_option(
    demo: Callable[..., Demo],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = demo("one", "--http-port", str(taken.getsockname()[1]))
        assert refused.process.wait(PATIENCE) == 1
    assert "--http-port" in refused.said()


def test_a_path_too_long_for_the_pbx_is_refused_with_the_remedy(
    demo: Callable[..., Demo],
) -> None:
    refused = demo("x" * 80)
    assert refused.process.wait(PATIENCE) == 1
    assert "choose a shorter folder with --state" in refused.said()
