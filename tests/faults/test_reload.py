"""Changed while the service runs: the menu, the calendar, an emergency closure."""

import hashlib
import re
import signal
from pathlib import Path

import pytest

from tests.calls.callers import Caller
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.faults import quick_line
from tests.faults.logbook import Logbook

CALENDAR = """\
week: # source: the tests
  monday: 08:00-16:00
  tuesday: 08:00-16:00
  wednesday: 08:00-16:00
  thursday: 08:00-16:00
  friday: 08:00-16:00
overrides: []
"""
MOVING = """\
overrides:
  - name: Pindah kantor
    source: the tests
    from: 2026-11-25
    closed: true
"""


class Changing:
    """A line whose menu and calendar the test may change."""

    def __init__(self, hotline: Hotline) -> None:
        folder = hotline.installation.state.folder / "changing"
        folder.mkdir(exist_ok=True)
        self.hotline = hotline
        self.menu = folder / "hotline.yaml"
        self.calendar = folder / "calendar.yaml"
        self.menu.write_text(quick_line.MENU)
        self.calendar.write_text(CALENDAR)
        self.files = {"flows": str(folder), "calendar": str(self.calendar)}

    @property
    def version(self) -> str:
        """As it stands on the rows of calls."""
        return f"hotline@{hashlib.sha256(self.menu.read_bytes()).hexdigest()[:8]}"

    def change(self, file: Path, old: str, new: str) -> Logbook:
        """What the service says from the change on."""
        log = Logbook(self.hotline)
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))
        return log


@pytest.fixture
async def line(hotline: Hotline) -> Changing:
    line = Changing(hotline)
    await quick_line.serves(hotline, files=line.files)
    await hotline.until(flow=line.version)
    return line


async def test_a_new_menu_is_for_new_calls_and_a_call_keeps_the_one_it_began_in(
    caller: Caller, ledger: Ledger, line: Changing
) -> None:
    first = line.version
    async with caller.rings() as begun_before:
        await begun_before.hears("main-menu")
        log = line.change(line.menu, '"0": operator', '"7": operator')
        await log.tells("flow.loaded", flow=line.version)
        async with caller.rings() as begun_after:
            await begun_after.hears("main-menu")
            await begun_after.presses("0")
            await begun_after.hears("invalid")
            # Even a killed service goes on with each call's own menu.
            await line.hotline.stops_service(signal.SIGKILL)
            await line.hotline.starts_service()
            await begun_before.hears("main-menu")
            await begun_before.presses("0")
            await begun_before.hears("closed-menu")
            await begun_after.hears("main-menu")
            await begun_after.presses("7")
            await begun_after.hears("closed-menu")

    assert (await ledger.row(begun_before)).flow == first
    assert (await ledger.row(begun_after)).flow == line.version != first


async def test_a_bad_menu_is_refused_with_its_place_and_the_old_one_stays(
    caller: Caller, ledger: Ledger, line: Changing
) -> None:
    good = line.version
    log = line.change(line.menu, '"0": operator', '"0": operater')
    refused = await log.tells("flow.refused", stays=good)
    row = line.menu.read_text().splitlines().index('      "0": operater') + 1
    assert re.search(rf"hotline\.yaml:{row}:\d+: .*operater.*did you mean", refused["problems"])

    async with caller.rings() as call:
        await call.hears("main-menu")
        await call.presses("0")
        await call.hears("closed-menu")
    assert (await ledger.row(call)).flow == good


async def test_a_menu_that_is_gone_or_no_text_changes_nothing(
    caller: Caller, line: Changing
) -> None:
    log = Logbook(line.hotline)
    line.menu.write_bytes(b"\xff\xfe\x00")
    await log.tells("flow.refused")
    line.menu.unlink()
    async with caller.rings() as call:
        await call.hears("main-menu")


async def test_a_changed_calendar_holds_from_the_next_call_and_a_bad_one_is_refused(
    caller: Caller, line: Changing
) -> None:
    log = line.change(line.calendar, "overrides: []\n", MOVING)
    await log.tells("calendar.loaded")
    async with caller.rings() as call:
        await call.hears("closed-today")

    log = line.change(line.calendar, "from: 2026-11-25", "from: 2026-11-31")
    refused = await log.tells("calendar.refused")
    row = line.calendar.read_text().splitlines().index("    from: 2026-11-31") + 1
    assert f"calendar.yaml:{row}:" in refused["problems"]
    async with caller.rings() as call:
        await call.hears("closed-today")


async def test_a_closure_is_heard_by_the_next_caller_also_after_a_restart_without_postgresql(
    caller: Caller, line: Changing
) -> None:
    hotline, log = line.hotline, Logbook(line.hotline)
    await hotline.runs("line", "close", "banjir")
    await log.tells("hours.closures", closures=1)
    async with caller.rings() as call:
        await call.hears("closed-emergency")

    await hotline.stops_service(signal.SIGKILL)
    await hotline.stops_postgres()
    try:
        await hotline.starts_service()
        async with caller.rings() as call:
            await call.hears("closed-emergency")
    finally:
        await hotline.starts_postgres()
    await hotline.runs("line", "reopen")
    await log.tells("hours.closures", closures=0)
    async with caller.rings() as call:
        await call.hears("main-menu")
