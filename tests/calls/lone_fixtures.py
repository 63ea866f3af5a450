"""What the tests of the PBX alone share: it is open all day, and nothing was noted yet."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from config.calendar import WIB
from ivr import hours_file
from scripts.caller import Phone
from tests.calls.lone_pbx import LonePbx, running

Days = dict[date, hours_file.Intervals]

CALLER = "081234567890"
DAYS = [datetime.now(WIB).date() + timedelta(days=n) for n in range(-1, 3)]
OPEN: Days = {day: ((time(0), time(0)),) for day in DAYS}


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LonePbx]:
    with running(tmp_path_factory.mktemp("lone") / "s") as lone:
        yield lone


@pytest.fixture(scope="module")
async def phone(lone: LonePbx) -> AsyncIterator[Phone]:
    async with lone.phone() as phone:
        yield phone


@pytest.fixture
async def pbx(lone: LonePbx) -> LonePbx:
    await lone.idle()
    for path in lone.files():
        path.unlink()
    hours_file.publish(lone.shared / "hours", OPEN, ["hours-open"])
    hours_file.publish_closures(lone.shared / "hours", [], datetime.now(UTC))
    return lone
