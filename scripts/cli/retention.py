"""`saluran retention` and `saluran breach`: personal data as the operator has to look after it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from scripts.cli import show
from scripts.cli.place import Here, Json

DryRun = Annotated[bool, Parameter(help="Tell what would be destroyed, and change nothing.")]


async def retention(*, place: Here, dry_run: DryRun = False, json: Json = False) -> None:
    """Destroy what was kept as long as it may be; run it every night.

    How long that is stands in `retention:` of the settings, in days by kind.
    """
    from scripts.cli.store import store
    from scripts.recording_store import recordings
    from tickets.files import NoFiles
    from tickets.privacy.keeping import Retention, days_of

    settings = place.settings()
    files = NoFiles() if dry_run else recordings(settings)
    async with store(settings) as opened:
        kept = Retention(opened, files, days_of(settings.retention))
        now = settings.clock.now()
        if dry_run:
            due = [asdict(one) for one in await kept.due(now)]
            show.listing(due, ("kind", "days", "before", "rows", "oldest"), as_json=json)
            return
        done = [asdict(one) for one in await kept.run(now)]
    show.listing(done, ("kind", "rows"), as_json=json)


async def breach(
    since: str,
    until: str,
    *,
    place: Here,
    who: str | None = None,
    address: str | None = None,
    everybody: bool = False,
    json: Json = False,
) -> None:
    """List the people of whom something was opened or changed in a window: who has to be told.

    Parameters
    ----------
    since
        Such as 2026-11-27T08:00, in Jakarta.
    until
        The same; not counted.
    who
        Only what this login did.
    address
        Only what was done from this address.
    everybody
        Everybody whose data lay here: for a machine that was taken itself.
    """
    from getpass import getuser

    from scripts.cli.store import store
    from tickets.privacy.touched import Window, touched

    window = Window(_moment(since), _moment(until), who, address, everybody)
    async with store(place.settings()) as opened:
        found = [asdict(one) for one in await touched(opened, getuser(), "", window)]
    columns = ("person", "name", "phones", "looks", "first_at", "last_at")
    show.listing(found, columns, as_json=json)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time — write it like 2026-11-27T08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=show.WIB)
