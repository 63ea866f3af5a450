"""The commands together, the options that all share, and how failures end."""

import asyncio
import inspect
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter

from scripts.cli import (
    agents,
    calendar,
    callbacks,
    calls,
    flow,
    line,
    prompts,
    queues,
    report,
    retention,
    schema,
    service,
    show,
    tickets,
    users,
)
from scripts.cli.codes import INTERRUPTED, LEGEND, OK, WRONG, code_of
from scripts.cli.place import Place


def _version() -> str:
    try:
        return version("saluran")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0.1.0"


app = App(
    name="saluran",
    help="The hotline beside your PBX: its menu, its calls, its tickets.",
    help_epilogue=LEGEND,
    version=_version,
    default_parameter=Parameter(negative=()),
)
for command in (service.serve, service.desk, service.migrate, service.check, service.audit):
    app.command(command)
for part in (
    flow.app,
    tickets.app,
    calls.app,
    prompts.app,
    line.app,
    agents.app,
    users.app,
    queues.app,
    callbacks.app,
    report.app,
):
    app.command(part)
app.command(calendar.calendar)
app.command(schema.schema)
app.command(retention.retention)
app.command(retention.breach)


@app.meta.default
def _with_place(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    state: Annotated[Path | None, Parameter(env_var="SALURAN_STATE")] = None,
    config: Path | None = None,
) -> Any:
    """Give the command its place.

    Parameters
    ----------
    state
        The installation's state folder; `.state/demo` unless given.
    config
        The settings' file; `saluran.yaml` in the state folder unless given.
    """
    command, bound, injected = app.parse_args(tokens, exit_on_error=False)
    extra = {"place": Place(state, config)} if "place" in injected else {}
    result = command(*bound.args, **bound.kwargs, **extra)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        result = app.meta(list(arguments), exit_on_error=False, result_action="return_value")
        return result if isinstance(result, int) else OK
    except CycloptsError:
        return WRONG  # cyclopts has told why
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        code = code_of(error)
        if code is None:
            raise
        show.complaint(str(error))
        return code
