"""`saluran queue`: the queues that callers wait in, and why somebody stands where they do."""

from cyclopts import App

from scripts.cli import show
from scripts.cli.codes import OK, PROBLEMS, NotFound
from scripts.cli.place import Here, Json

app = App(name="queue", help="The queues that callers wait in.")

COLUMNS = (
    "name", "title", "languages", "categories", "strategy", "max_wait", "max_length", "overflow",
)  # fmt: skip
WAITING = ("queue", "phone", "since", "waited", "channel")
OTHERS = ("of", "callback", "since", "priority", "turn", "agent", "earlier", "fair")


@app.command(name="list")
def list_(*, place: Here, json: Json = False) -> None:
    """List the queues of `queues.yaml`."""
    from config.queues import load_queues

    queues = load_queues(place.settings_or_defaults().files.queues)
    rows = [
        {
            "name": name,
            "title": queue.title.id,
            "languages": list(queue.languages),
            "categories": list(queue.categories),
            "strategy": queue.strategy,
            "max_wait": queue.max_wait,
            "max_length": queue.max_length,
            "overflow": f"{queue.overflow.to} after {queue.overflow.after} s"
            if queue.overflow
            else None,
        }
        for name, queue in queues.items()
    ]
    show.listing(rows, COLUMNS, as_json=json)


@app.command
def live(*, place: Here, json: Json = False) -> None:
    """List the callers who wait now, who waits longest first."""
    from scripts.cli.live import now

    show.listing(now(place.settings())["waiting"], WAITING, as_json=json)


@app.command
def check(*, place: Here) -> int:
    """Look at `queues.yaml` beside the menu and the prompts; tell each problem with its place."""
    from scripts.check.queues import queues

    found = queues(place.settings_or_defaults())
    for finding in found:
        show.said(f"{finding.found}{' — ' if finding.remedy else ''}{finding.remedy}")
    return OK if all(finding.ok for finding in found) else PROBLEMS


@app.command
async def why(key: str, *, place: Here, json: Json = False) -> None:
    """Why a caller or a callback stands, or was served, where it was: a sentence and its data.

    Parameters
    ----------
    key
        The id of a call or of a callback, or a call's channel's unique id.
    """
    from dataclasses import asdict

    from scripts.cli.store import store
    from tickets.why import explain

    settings = place.settings()
    async with store(settings) as opened:
        found = await explain(opened, key, settings.clock.now())
    if found is None:
        lists = "`saluran calls list` and `saluran callbacks list`"
        raise NotFound(f"There is no call and no callback {key}: see {lists}.")
    if json:
        show.document(asdict(found))
        return
    show.said(found.sentence)
    if found.others:
        show.listing(map(asdict, found.others), OTHERS, as_json=False)
