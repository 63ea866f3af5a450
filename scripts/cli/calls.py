"""`saluran calls`: who rang, how far they came, how it ended."""

from dataclasses import asdict

from cyclopts import App

from scripts.cli import show
from scripts.cli.codes import NotFound
from scripts.cli.place import Full, Here, Json, Limit

app = App(name="calls", help="Who rang, how far they came, how it ended.")

COLUMNS = ("id", "began_at", "ended_at", "phone", "flow", "last_step", "outcome")


@app.command(name="list")
async def list_(
    *,
    place: Here,
    outcome: str | None = None,
    limit: Limit = 50,
    full: Full = False,
    json: Json = False,
) -> None:
    """List calls, newest first.

    Parameters
    ----------
    outcome
        Only those that ended so: `agent`, `promise`, `information`, `hung_up` or `failed`.
    """
    from scripts.cli.store import store
    from tickets.views import Views

    async with store(place.settings()) as opened:
        lines = await Views(opened, full).calls(outcome, limit=limit)
    show.listing(map(asdict, lines), COLUMNS, as_json=json)


@app.command(name="show")
async def show_(call: str, *, place: Here, full: Full = False, json: Json = False) -> None:
    """Tell a call's story step by step.

    Parameters
    ----------
    call
        The call's id, as `saluran calls list` tells it, or its channel's unique id.
    """
    from scripts.cli.store import store
    from tickets.views import Views

    async with store(place.settings()) as opened:
        found = await Views(opened, full).call(call)
    if found is None:
        raise NotFound(f"There is no call {call}: see `saluran calls list`.")
    show.story(asdict(found), as_json=json)
