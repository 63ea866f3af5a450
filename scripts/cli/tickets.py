"""`saluran tickets`: the requests that callers left."""

from cyclopts import App

from scripts.cli import show
from scripts.cli.codes import NotFound
from scripts.cli.place import Here, Json

app = App(name="tickets", help="The requests that callers left.")

COLUMNS = ("number", "category", "status", "opened_at", "deadline", "phone", "callback_due")


@app.command(name="list")
async def list_(
    *, place: Here, status: str | None = None, limit: int = 50, json: Json = False
) -> None:
    """List tickets, newest first.

    Parameters
    ----------
    status
        Only those with this status, such as `baru`.
    limit
        At most so many.
    """
    from tickets.views import tickets

    from scripts.cli.store import store

    async with store(place.settings()) as opened:
        show.listing(await tickets(opened, status=status, limit=limit), COLUMNS, as_json=json)


@app.command(name="show")
async def show_(number: str, *, place: Here, json: Json = False) -> None:
    """Show a ticket with all that happened to it.

    Parameters
    ----------
    number
        The ticket's number as the caller was told it.
    """
    from tickets.views import ticket

    from scripts.cli.store import store

    async with store(place.settings()) as opened:
        found = await ticket(opened, number)
    if found is None:
        raise NotFound(f"There is no ticket {number}: see `saluran tickets list`.")
    show.story(found, "events", ("at", "kind", "was", "became", "actor"), as_json=json)
