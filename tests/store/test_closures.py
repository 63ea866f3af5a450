"""Closing the line at once."""

from datetime import timedelta

import pytest

from config.calendar import Calendar
from tests.store.conftest import CALENDAR
from tests.store.told import FRIDAY_3
from tickets.closures import Closures
from tickets.desk import PostgresDesk
from tickets.store import Store

HOUR = timedelta(hours=1)


async def test_a_closed_line_is_closed_until_it_is_reopened(
    desk: PostgresDesk, store: Store
) -> None:
    closures = Closures(store)
    await closures.close_line("banjir", None, "dewi", FRIDAY_3)
    assert await desk.closures() == [(FRIDAY_3, None, "banjir")]
    assert await closures.reopen_line("agus", FRIDAY_3 + HOUR) == 1
    assert await desk.closures() == []
    assert await closures.reopen_line("agus", FRIDAY_3 + HOUR) == 0


async def test_the_calendar_takes_the_closures_as_they_are(
    desk: PostgresDesk, store: Store
) -> None:
    await Closures(store).close_line("banjir", FRIDAY_3 + HOUR, "dewi", FRIDAY_3)
    calendar = Calendar.load(CALENDAR).closed_by(await desk.closures())
    closing = calendar.closing(FRIDAY_3 + HOUR / 2)
    assert closing is not None
    assert (closing.reason, closing.name) == ("emergency", "banjir")


async def test_a_closure_that_would_end_before_it_begins_is_refused(
    desk: PostgresDesk, store: Store
) -> None:
    with pytest.raises(ValueError, match="past"):
        await Closures(store).close_line("banjir", FRIDAY_3 - HOUR, "dewi", FRIDAY_3)
    assert await desk.closures() == []
