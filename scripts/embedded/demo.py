"""`scripts/demo`: set up what is missing, run the hotline, say what to dial."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.markup import escape

from config.documents import ConfigError
from scripts.embedded import offset, privileges
from scripts.embedded.errors import SetupError
from scripts.embedded.installation import Installation
from scripts.embedded.options import Options
from scripts.embedded.running import running, wait
from scripts.embedded.set_up import set_up
from scripts.embedded.state import is_held, read_endpoints

DEFAULT_STATE = privileges.CHECKOUT / ".state" / "demo"
MOST_LINES = 8

app = App(name="demo", help=__doc__, version_flags=[])


@app.default
def demo(
    *,
    state: Path = DEFAULT_STATE,
    hours: Literal["office", "always", "never"] = "office",
    clock: str | None = None,
    call: Annotated[bool, Parameter(negative=())] = False,
    empty: Annotated[bool, Parameter(negative=())] = False,
    sip_port: int | None = None,
    ami_port: int | None = None,
    http_port: int | None = None,
    pg_port: int | None = None,
) -> int:
    """Run the hotline with a PBX and a database of its own until Ctrl-C.

    Parameters
    ----------
    state
        The folder that everything of this installation lives in.
    hours
        `office` follows the calendar; `always` open and `never` are for trying things out.
    clock
        Start the service's and the PBX's idea of now at this ISO 8601 time (WIB unless it names
        a zone), ticking on from there.
    call
        Ring the line as a caller who asks for a callback, and print what happened. Starts and
        stops the hotline if it is not running.
    empty
        Begin with no history. Else a new state has four weeks of made-up calls and tickets.
    sip_port
        The PBX's SIP port; like the others, a free one is chosen and kept when not given.
    ami_port
        The PBX's manager port.
    http_port
        The service's port for health and metrics.
    pg_port
        The database's port.
    """
    state = state.absolute()
    privileges.prepare(state)
    set_up()
    privileges.become_owner(state)
    if call and is_held(state, "demo"):
        return ring(running_endpoints(state))
    ports = (sip_port, ami_port, http_port, pg_port)
    chosen = Options(
        hours,
        offset.clock_offset(clock),
        *ports,
        web_caller=True,
        history=not empty,
        whatsapp=True,
    )
    with running(Installation(state, chosen)) as installation:
        if call:
            return ring(installation.endpoints)
        show(installation.endpoints, state)
        wait(installation)
        return 1  # all of it ended by itself
    return 0


def running_endpoints(state: Path) -> dict[str, Any]:
    """Where the running demo of a state is; raises SetupError while it is still starting."""
    if endpoints := read_endpoints(state):
        return endpoints
    raise SetupError(f"The demo of {state} is still starting: try again when its line is open.")


def ring(endpoints: dict[str, Any]) -> int:
    """Ring the line as a caller and print what happened; 0 when a ticket came of it."""
    from scripts.caller.demo import demo_call  # the phone's library takes a moment to load

    code: int = asyncio.run(demo_call(endpoints))
    return code


def show(endpoints: dict[str, Any], state: Path) -> None:
    """Print how to sign in, what to dial, and where everything is."""
    sip, agents, desk = endpoints["sip"], endpoints["agents"], endpoints["desk"]
    console = Console(soft_wrap=True, highlight=False)
    # On a screen, where it is read and gone; what is written to a file holds no secret.
    told = console.is_terminal
    secret = f", password {agents[0]['secret']}" if told else ""

    def tell(title: str, lines: list[tuple[str, str]]) -> None:
        console.print(f"\n[bold]{title}[/bold]")
        for name, value in lines:
            console.print(f"  [bold]{name:<11}[/bold]{escape(value)}")

    console.print("\nThe line is open for calls. Ctrl-C ends it.", style="green")
    accounts = [
        (user["role"], f"{user['login']} / {user['password']}" if told else user["login"])
        for user in desk["users"]
    ]
    tell(f"The desk: {desk['address']} in a browser on this machine. Sign in as", accounts)
    without = "sign in as maya, connect the phone in the page, begin to work, and call the line"
    ways = [
        ("No phone", f"{without} from the same page"),
        ("By itself", f"scripts/demo --call --state {state}"),
        ("Dial", f"sip:{endpoints['number']}@{sip['host']}:{sip['port']}  (UDP, no registration)"),
        (
            "Answer it",
            f"from a softphone on this machine: user {agents[0]['user']}{secret}, "
            f"server {sip['host']}:{sip['port']} (UDP); then dial *11",
        ),
        ("Officers", ", ".join(agent["user"] for agent in agents)),
        ("Guide", "docs/agent-guide.en.md, docs/agent-guide.id.md"),
    ]
    tell("The line", ways)
    whatsapp = [
        ("Write", f"{endpoints['whatsapp']} in a browser: type there as a trader"),
        ("Where", "an imitation on this machine, with faults to switch on; nothing leaves it"),
    ]
    tell("WhatsApp", whatsapp)
    rest = [
        ("Tickets", f"scripts/saluran tickets list --state {state}"),
        ("Working", f"scripts/saluran agents status --state {state}"),
        ("API", f"{desk['address']}/api/v1/openapi.json"),
        ("Health", f"{endpoints['http']}/readyz"),
        ("All else", f"with every password: {state / 'endpoints.json'}"),
    ]
    tell("Look at it", rest)


def main() -> int:
    """Run the command line; what cannot be had is said in a sentence, not as a traceback."""
    # Until the demo listens to signals itself, SIGTERM ends the set-up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(result_action="return_value")
    except (SetupError, ConfigError, ValueError) as error:
        said = str(error).splitlines()
        more = [f"… and {len(said) - MOST_LINES} more"] if len(said) > MOST_LINES else []
        print("saluran: " + "\n".join(said[:MOST_LINES] + more), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(" ended", file=sys.stderr)
        return 130
    except PermissionError as error:
        print(
            f"saluran: {error.filename} is not yours to write: run as its owner, or choose "
            "another folder with --state.",
            file=sys.stderr,
        )
        return 1
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
