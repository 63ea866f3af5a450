"""`saluran flow`: check, draw and try the menu."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from scripts.cli import show
from scripts.cli.codes import OK, PROBLEMS
from scripts.cli.place import Here

if TYPE_CHECKING:
    from config.prompts import Catalogue
    from config.settings import Settings
    from ivr.flow import Flow

app = App(name="flow", help="The menu: check, draw or try it.")

File = Annotated[Path | None, Parameter(help="The flow's file; the installation's unless given.")]


@app.command
def check(file: File = None, *, place: Here) -> int:
    """Read a flow as the service would; tell every problem with its line and remedy."""
    from config.documents import ConfigError

    try:
        _, flow, _ = _opened(place, file)
    except ConfigError as error:
        show.complaint(str(error))
        return PROBLEMS
    show.said(f"{flow}: {len(flow.steps)} steps, no problems")
    return OK


@app.command
def draw(
    file: File = None,
    *,
    place: Here,
    form: Annotated[Literal["svg", "mermaid"], Parameter(name="--as")] = "svg",
    language: Literal["id", "en"] = "id",
) -> None:
    """Print a picture of a flow, e.g. `saluran flow draw > menu.svg`.

    Parameters
    ----------
    form
        An SVG, or the text of a Mermaid flowchart.
    language
        Of the first words of each prompt.
    """
    from ivr.draw import mermaid, svg

    catalogue, flow, _ = _opened(place, file)
    if form == "mermaid":
        print(mermaid(flow), end="")
    else:
        print(svg(flow, lambda prompt: catalogue.text(prompt, language)), end="")


@app.command
async def walk(
    file: File = None,
    *,
    place: Here,
    keys: str | None = None,
    caller: str = "081234567890",
    agents: bool = False,
    at: datetime | None = None,
) -> None:
    """Try a flow in the terminal: the real menu, hours and prompts, but nothing is written.

    Type a key and Enter; Enter alone is silence; Ctrl-D hangs up. The walk's ticket to ask after
    has the number 26000018 and the PIN 1234.

    Parameters
    ----------
    keys
        Answers in advance, separated by commas, such as `1,,08123456789#`; an empty one is
        silence; after the last the caller hangs up.
    caller
        The number that the caller calls from; an empty one is withheld.
    agents
        Somebody answers the queues.
    at
        The moment of the call in WIB, such as `2026-11-27T16:01`; now unless given.
    """
    from config.calendar import WIB
    from config.phones import normalise
    from config.queues import load_queues
    from ivr.slot_book import SlotBook
    from ivr.terminal import TerminalLine, scripted
    from ivr.walk import DryBookings
    from ivr.walk import walk as walk_through
    from scripts.line_hours import LineHours

    catalogue, flow, settings = _opened(place, file)
    if at is not None:
        ahead = at.replace(tzinfo=at.tzinfo or WIB) - datetime.now(UTC)
        settings = settings.model_copy(update={"clock_offset": ahead.total_seconds()})
    hours = LineHours(settings)
    typed = scripted(keys, show.said) if keys is not None else _typed
    line = TerminalLine(catalogue.text, show.said, typed, agents=agents)
    queues = load_queues(settings.files.queues)
    outcome = await walk_through(
        flow,
        line,
        hours,
        hours.week(),
        queues,
        SlotBook(DryBookings(), lambda: hours.calendar, settings.slots, hours.now, lambda: False),
        normalise(caller),
        show.said,
    )
    show.said(f"outcome: {outcome}")


def _typed() -> str:
    return input("> ").strip()


def _opened(place: Here, file: Path | None) -> "tuple[Catalogue, Flow, Settings]":
    from config.prompts import Catalogue
    from ivr.script import load_flow

    settings = place.settings_or_defaults()
    catalogue = Catalogue.load(settings.files.prompts)
    path = file or settings.files.flows / f"{settings.flow}.yaml"
    return catalogue, load_flow(path, catalogue.ids), settings
