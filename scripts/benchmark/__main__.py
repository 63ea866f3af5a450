"""`scripts/bench`: the command line of the measurements."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from scripts.benchmark.call import Load, measure
from scripts.benchmark.desk import DeskLoad, measure_desk
from scripts.benchmark.desk_report import desk_as_json, show_desk
from scripts.benchmark.match import match_as_json, measure_match, show_match
from scripts.benchmark.report import as_json, show
from scripts.benchmark.whatsapp import BurstLoad, measure_burst
from scripts.benchmark.whatsapp_report import burst_as_json, show_burst
from scripts.embedded import privileges
from scripts.embedded.errors import SetupError
from scripts.embedded.set_up import set_up

app = App(name="bench", help="Measurements on this machine; a busy machine spoils them.")


@app.command
def call(
    *,
    state: Path = privileges.CHECKOUT / ".state" / "bench",
    calls: int = 60,
    rounds: int = 3,
    standing: int = 200,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Calls through the menu, ours and the same in pure dialplan, by turns in one run.

    Ends with 1 when a target is missed.

    Parameters
    ----------
    state
        A state folder for the measurement's own PBX, database and service.
    calls
        Calls of each kind, all rounds together.
    rounds
        How often the two kinds take turns.
    standing
        Calls that stand in a menu while the service's memory is looked at.
    json
        Print numbers for programs.
    """
    state = _ready(state)
    found = asyncio.run(measure(state, Load(calls, rounds, standing)))
    (as_json if json else show)(found)
    return 0 if found.within_targets else 1


@app.command
def desk(
    *,
    state: Path = privileges.CHECKOUT / ".state" / "bench-desk",
    tickets: int = 100_000,
    rounds: int = 5,
    each: int = 60,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """The desk's API against a bare handler with the same statements, by turns in one run, and its
    lists and searches among many tickets.

    Ends with 1 when a target is missed.

    Parameters
    ----------
    state
        A state folder for the measurement's own database; its tickets are kept for the next time.
    tickets
        So many are in it.
    rounds
        How often the questions are gone through.
    each
        Times that each question is asked in a round.
    json
        Print numbers for programs.
    """
    state = _ready(state)
    found = asyncio.run(measure_desk(state, DeskLoad(tickets, rounds, each)))
    (desk_as_json if json else show_desk)(found)
    return 0 if found.within_targets else 1


@app.command
def match(
    *,
    state: Path = privileges.CHECKOUT / ".state" / "bench-match",
    tickets: int = 1_000,
    producers: int = 5_000,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """The list of producers that fit, for each of many open tickets.

    Ends with 1 when a list takes too long.

    Parameters
    ----------
    state
        A state folder for the measurement's own database; its rows are kept for the next time.
    tickets
        So many are open, each of somebody who looks for producers.
    producers
        So many are in the directory.
    json
        Print numbers for programs.
    """
    state = _ready(state)
    found = asyncio.run(measure_match(state, tickets, producers))
    (match_as_json if json else show_match)(found)
    return 0 if found.within_targets else 1


@app.command
def whatsapp(
    *,
    state: Path = privileges.CHECKOUT / ".state" / "bench-whatsapp",
    webhooks: int = 10_000,
    people: int = 500,
    at_once: int = 16,
    per_second: float = 0.0,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """A burst of webhooks, repeated and out of order, until each message is on a live page.

    Ends with 1 when a target is missed.

    Parameters
    ----------
    state
        A state folder for the measurement's own database and desk.
    webhooks
        Messages, each in a request of its own.
    people
        Accounts that write them, each with a ticket of its own.
    at_once
        Connections that post.
    per_second
        Requests a second; 0: as fast as they are taken.
    json
        Print numbers for programs.
    """
    state = _ready(state)
    load = BurstLoad(webhooks, people, at_once, per_second)
    found = asyncio.run(measure_burst(state, load))
    (burst_as_json if json else show_burst)(found)
    return 0 if found.within_targets else 1


def _ready(state: Path) -> Path:
    """The state folder with all that a measurement starts; from here on as the folder's owner."""
    state = state.absolute()
    privileges.prepare(state)
    set_up()
    privileges.become_owner(state)
    return state


if __name__ == "__main__":
    try:
        sys.exit(app(result_action="return_value"))
    except SetupError as error:
        sys.exit(f"saluran: {error}")
