"""`saluran tickets`: the requests that callers left."""

from dataclasses import asdict

from cyclopts import App

from scripts.cli import show
from scripts.cli.codes import NotFound
from scripts.cli.place import Full, Here, Json, Limit

app = App(name="tickets", help="The requests that callers left.")

COLUMNS = ("number", "category", "status", "opened_at", "deadline", "phone", "channel", "reason")


@app.command(name="list")
async def list_(
    *,
    place: Here,
    status: str | None = None,
    category: str | None = None,
    limit: Limit = 50,
    full: Full = False,
    json: Json = False,
) -> None:
    """List tickets, newest first.

    Parameters
    ----------
    status
        Only those with this status, such as `baru`.
    category
        Only those of this category, such as `GANTI`.
    """
    from scripts.cli.store import store
    from tickets.views import Views

    async with store(place.settings()) as opened:
        lines = await Views(opened, full).tickets(status, category, limit=limit)
    show.listing(map(asdict, lines), COLUMNS, as_json=json)


@app.command(name="show")
async def show_(number: str, *, place: Here, full: Full = False, json: Json = False) -> None:
    """Show a ticket with all that happened to it.

    Parameters
    ----------
    number
        The ticket's number as the caller was told it.
    """
    from scripts.cli.store import store
    from tickets.views import Views

    async with store(place.settings()) as opened:
        found = await Views(opened, full).ticket(number)
    if found is None:
        raise NotFound(f"There is no ticket {number}: see `saluran tickets list`.")
    show.story(asdict(found), as_json=json)
