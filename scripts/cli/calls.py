"""`saluran calls`: who rang, how far they came, how it ended."""

from uuid import UUID

from cyclopts import App

from scripts.cli import show
from scripts.cli.codes import NotFound
from scripts.cli.place import Here, Json

app = App(name="calls", help="Who rang, how far they came, how it ended.")

COLUMNS = ("id", "began_at", "ended_at", "phone", "flow", "last_step", "outcome")


@app.command(name="list")
async def list_(*, place: Here, limit: int = 50, json: Json = False) -> None:
    """List calls, newest first.

    Parameters
    ----------
    limit
        At most so many.
    """
    from tickets.views import calls

    from scripts.cli.store import store

    async with store(place.settings()) as opened:
        show.listing(await calls(opened, limit=limit), COLUMNS, as_json=json)


@app.command(name="show")
async def show_(call: UUID, *, place: Here, json: Json = False) -> None:
    """Tell a call's story step by step.

    Parameters
    ----------
    call
        The call's id, as `saluran calls list` tells it.
    """
    from tickets.views import call as story_of

    from scripts.cli.store import store

    async with store(place.settings()) as opened:
        found = await story_of(opened, call)
    if found is None:
        raise NotFound(f"There is no call {call}: see `saluran calls list`.")
    show.story(found, "steps", ("at", "seq", "step", "event", "detail"), as_json=json)
