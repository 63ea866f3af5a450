"""When somebody who wrote is answered, in words: only what the calendar and the deadlines hold."""

from collections.abc import Mapping
from datetime import datetime

from config.calendar import Calendar
from config.whatsapp_intake import Intake, filled
from tickets.whatsapp.dates import clock, day


def promises(
    intake: Intake, hours: Calendar, at: datetime, due: datetime, values: Mapping[str, str]
) -> str:
    """Until when, and outside the hours also from when, unless nobody knows that."""
    more = dict(values) | {"due": written(due)}
    opening = hours.next_opening(at) if hours.closing(at) else None
    if opening is None:
        return filled(intake.promise, more)
    return filled(intake.promise_closed, more | {"opening": written(opening)})


def written(at: datetime) -> str:
    """`Senin 30 November 2026 pukul 08.00 WIB`."""
    return f"{day(at)} {clock(at)}"
