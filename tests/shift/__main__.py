"""`scripts/shift`: a shift of real agents and callers, and the proof that nobody was lost."""

import asyncio
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import asyncpg
from cyclopts import App, Parameter

from scripts.embedded import privileges
from scripts.embedded.errors import SetupError
from scripts.embedded.installation import Installation
from scripts.embedded.progress import step
from scripts.embedded.set_up import set_up
from scripts.embedded.state import CACHE
from tests.shift import house as office
from tests.shift.proof import prove, show
from tests.shift.run import Shift

TEMPORARY = "saluran-shift-"

app = App(name="shift", help=__doc__, version_flags=[])


@app.default
def shift(
    *,
    minutes: int = 10,
    seed: int | None = None,
    state: Path | None = None,
    keep: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Five agents and two dozen callers on a PBX of its own; ends with 1 when a proof fails.

    Parameters
    ----------
    minutes
        How long people ring; callbacks are waited for after that.
    seed
        Of everybody's chances; printed, so that a shift can be tried again.
    state
        A new folder for everything; a temporary one unless given.
    keep
        Keep the temporary folder even when all is well.
    """
    if state is None:
        state = Path(tempfile.mkdtemp(prefix=TEMPORARY))
        sys.orig_argv += ["--state", str(state)]
    privileges.prepare(state)
    set_up()
    privileges.become_owner(state)
    seed = secrets.randbelow(10_000) if seed is None else seed
    temporary = state.name.startswith(TEMPORARY) and not keep
    try:
        proven = asyncio.run(_shift(state.absolute(), minutes, seed))
    except (KeyboardInterrupt, asyncio.CancelledError):
        proven = None
    if temporary and proven is not False:
        shutil.rmtree(state, ignore_errors=True)
    else:
        sys.stderr.write(f"Everything is kept in {state}\n")
    return {True: 0, False: 1, None: 130}[proven]


async def _shift(state: Path, minutes: int, seed: int) -> bool:
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    installation = Installation(state, office.options(state, CACHE / "sounds"))
    house = office.House(installation, minutes)
    with installation:
        await asyncio.to_thread(office.prepare, installation, house)
        async with asyncpg.create_pool(installation.database_url(), min_size=1, max_size=3) as pool:
            run = Shift(house, seed, pool)
            with step(f"The shift: {minutes} minutes, seed {seed}, then until all is settled"):
                await run.runs()
            return show(await prove(run))


if __name__ == "__main__":
    try:
        sys.exit(app(result_action="return_value"))
    except SetupError as error:
        sys.exit(f"saluran: {error}")
