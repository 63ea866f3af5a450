"""`saluran line`: close the line at once, and open it again."""

from datetime import datetime
from getpass import getuser

from cyclopts import App

from scripts.cli import show
from scripts.cli.place import Here

app = App(name="line", help="Close the line at once, and open it again.")


@app.command
async def close(reason: str, *, place: Here, until: datetime | None = None) -> None:
    """Close the line from now on; callers hear it, and may leave a request.

    Parameters
    ----------
    reason
        For those who ask later why it was closed.
    until
        In WIB, such as `2026-11-27T13:00`; until `saluran line reopen` unless given.
    """
    from config.calendar import WIB
    from scripts.cli.store import store
    from tickets.closures import Closures

    settings = place.settings()
    end = until and until.replace(tzinfo=until.tzinfo or WIB)
    async with store(settings) as opened:
        await Closures(opened).close_line(reason, end, getuser(), settings.clock.now())
    show.said(f"The line is closed{f' until {end:%Y-%m-%d %H:%M} WIB' if end else ''}.")


@app.command
async def reopen(*, place: Here) -> None:
    """Lift every emergency closure; the calendar decides again."""
    from scripts.cli.store import store
    from tickets.closures import Closures

    settings = place.settings()
    async with store(settings) as opened:
        lifted = await Closures(opened).reopen_line(getuser(), settings.clock.now())
    show.said(f"{lifted} closures lifted." if lifted else "The line was not closed.")
