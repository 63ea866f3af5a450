"""`saluran agents`: who may take calls, and the secrets of their phones."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from scripts.cli import show
from scripts.cli.place import Here, Json

if TYPE_CHECKING:
    from config.settings import Settings

app = App(name="agents", help="Who may take calls, and the secrets of their phones.")

COLUMNS = ("extension", "name", "languages", "skills", "supervisor")


@app.command
async def add(
    extension: str,
    name: str,
    *,
    place: Here,
    skill: Annotated[list[str], Parameter(negative=())] = [],  # noqa: B006  (cyclopts reads it)
    language: str = "id",
    supervisor: bool = False,
) -> None:
    """Give an extension to an agent; prints the secret of their phone, this once.

    Parameters
    ----------
    skill
        A queue they serve, such as `umum` or `produsen=2`: the number is how much later than
        others they are asked. May be given several times.
    language
        Those they speak, such as `id,en`.
    supervisor
        May listen in, take and move callers, and close the line.
    """
    from scripts.cli.store import store
    from tickets.agents import Agents, NewAgent

    settings = place.settings()
    skills = dict(_skill(text, settings) for text in skill)
    agent = NewAgent(extension, name, tuple(language.split(",")), skills, supervisor)
    async with store(settings) as opened:
        secret = await Agents(opened).add(agent)
    _tell(extension, secret)


@app.command(name="list")
async def list_(*, place: Here, json: Json = False) -> None:
    """List those who may take calls."""
    from scripts.cli.store import store
    from tickets.agents import Agents

    async with store(place.settings()) as opened:
        found = await Agents(opened).all()
    # The digest is as good as the secret to whoever would register as the agent.
    rows = [asdict(agent) | {"languages": list(agent.languages)} for agent in found]
    show.listing(
        ({column: row[column] for column in COLUMNS} for row in rows), COLUMNS, as_json=json
    )


@app.command
def status(*, place: Here, json: Json = False) -> None:
    """What every agent does now, as the PBX has it."""
    from scripts.cli.live import now

    show.listing(now(place.settings())["agents"], ("agent", "state", "reason"), as_json=json)


@app.command
async def remove(extension: str, *, place: Here) -> None:
    """Take the phone from an agent; what they did stays."""
    from scripts.cli.store import store
    from tickets.agents import Agents

    async with store(place.settings()) as opened:
        await Agents(opened).remove(extension)
    show.said(f"{extension} is nobody's now; their phone is refused within seconds.")


@app.command
async def reset(extension: str, *, place: Here) -> None:
    """A new secret for a phone in place of the old one, printed this once."""
    from scripts.cli.store import store
    from tickets.agents import Agents

    async with store(place.settings()) as opened:
        secret = await Agents(opened).reset(extension)
    _tell(extension, secret)


def _skill(text: str, settings: "Settings") -> tuple[str, int]:
    from config.queues import load_queues

    queue, _, penalty = text.partition("=")
    queues = load_queues(settings.files.queues)
    if queue not in queues:
        raise ValueError(f"there is no queue `{queue}` — name one of these: {', '.join(queues)}")
    if not (penalty or "0").isdecimal():
        raise ValueError(f"`{text}` — write the penalty as a number, such as {queue}=2")
    return queue, int(penalty or 0)


def _tell(extension: str, secret: str) -> None:
    show.said(
        f"User   {extension}\nSecret {secret}\nThe secret is kept nowhere: write it down now."
    )
