"""The measurement: our menu and the same in pure dialplan, by turns, in one run."""

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.speech import greeting
from scripts.benchmark.found import Found, Kind
from scripts.benchmark.processes import cpu_seconds, resident_kb
from scripts.benchmark.walk import delays, walk
from scripts.caller import Call, Dialled, Phone
from scripts.caller.sounds import Sounds
from scripts.embedded.addresses import NUMBER
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from scripts.embedded.progress import step

NATIVE = "9587"
"""The extension of `native.conf`."""
RATE = 4.0
"""New calls a second."""
TICK = 0.005
"""Seconds between two looks at the audio: the resolution of a delay."""


@dataclass(frozen=True, slots=True)
class Load:
    calls: int
    rounds: int
    standing: int


SETTLED = 3.0
"""Seconds after the last call until its ends are written."""


async def measure(folder: Path, load: Load) -> Found:
    """Run the whole measurement on an installation of its own."""
    with Installation(folder, Options(hours="always")) as installation:
        with step("Starting a PBX, a database and the service"):
            await asyncio.to_thread(_start, installation)
        found = Found(idle_kb=resident_kb(installation.pids["service"]))
        await _take_turns(installation, load, found)
        with step(f"{load.standing} callers stand in a menu"):
            await _stand(installation, load.standing, found)
        return found


def _start(installation: Installation) -> None:
    installation.prepare()
    etc = installation.state.asterisk / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    native = Path(__file__).with_name("native.conf").read_text(encoding="utf-8")
    now = greeting(datetime.now(UTC))
    (etc / "extensions_more.conf").write_text(native.replace("@GREETING@", now), encoding="utf-8")
    installation.start_postgres()
    installation.migrate()
    installation.start_asterisk()
    installation.start_service()


async def _take_turns(installation: Installation, load: Load, found: Found) -> None:
    pbx, service = installation.pids["asterisk"], installation.pids["service"]
    each = load.calls // load.rounds
    sounds = Sounds(installation.sounds)
    async with _phone(installation, TICK) as phone:
        await _calls(phone, NATIVE, 1)  # both warm: what is read once is read before
        await _calls(phone, NUMBER, 1)
        for nth in range(1, load.rounds + 1):
            with step(f"Round {nth} of {load.rounds}: {each} calls in dialplan, {each} of ours"):
                await _round(phone, NATIVE, each, [pbx], found.native, sounds)
                await _round(phone, NUMBER, each, [pbx, service], found.ours, sounds)


async def _round(
    phone: Phone, number: str, count: int, pids: list[int], kind: Kind, sounds: Sounds
) -> None:
    before = sum(map(cpu_seconds, pids))
    calls = await _calls(phone, number, count)
    await asyncio.sleep(SETTLED)
    kind.cpu.append((sum(map(cpu_seconds, pids)) - before) / count)
    for call, released in calls:
        kind.delays += delays(call, released, sounds)


async def _calls(phone: Phone, number: str, count: int) -> list[tuple[Call, list[float]]]:
    async def one(nth: int) -> tuple[Call, list[float]]:
        await asyncio.sleep(nth / RATE)
        async with phone.dials(number, caller=f"0812{nth:08}") as call:
            return call, await walk(call)

    return await asyncio.gather(*(one(nth) for nth in range(count)))


async def _stand(installation: Installation, count: int, found: Found) -> None:
    """Memory without a call, and with many that wait in the question for consent."""
    service = installation.pids["service"]
    found.empty_kb = resident_kb(service)
    over = asyncio.Event()

    async def stands(phone: Phone, nth: int) -> None:
        await asyncio.sleep(nth / RATE / 5)
        async with phone.dials(NUMBER, caller=f"0813{nth:08}"):
            await over.wait()

    async with _phone(installation, 0.5) as phone, asyncio.TaskGroup() as callers:
        for nth in range(count):
            callers.create_task(stands(phone, nth))
        await asyncio.to_thread(_wait_for, installation, count)
        found.standing, found.standing_kb = count, resident_kb(service)
        over.set()


def _wait_for(installation: Installation, count: int) -> None:
    """Until the service leads so many calls."""
    while _led(installation) < count:
        time.sleep(0.2)


def _led(installation: Installation) -> int:
    """How many calls the service leads now."""
    address = f"{installation.endpoints['http']}/readyz"
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
        return int(json.load(answer)["calls"])


def _phone(installation: Installation, tick: float) -> Phone:
    line = Dialled(NUMBER, "127.0.0.1", installation.ports.sip)
    return Phone(line, installation.sounds, installation.state.folder / "heard", tick)
