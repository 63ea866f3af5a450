"""Days and times as messages have them: of Jakarta, in Indonesian."""

from datetime import datetime

from config.calendar import WIB
from config.words import DAYS, MONTHS


def day(at: datetime) -> str:
    """`Senin 30 November 2026`."""
    local = at.astimezone(WIB)
    weekday, month = DAYS["id"][local.weekday()], MONTHS["id"][local.month - 1]
    return f"{weekday} {local.day} {month} {local.year}"


def clock(at: datetime) -> str:
    """`pukul 08.00 WIB`."""
    return f"pukul {at.astimezone(WIB):%H.%M} WIB"
