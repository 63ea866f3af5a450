"""Programs of a state whose demo was killed: ended before a new demo starts on it."""

import signal
from collections.abc import Iterator

from scripts.embedded import process
from scripts.embedded.progress import step
from scripts.embedded.state import State, read_endpoints

HOW = {
    "desk": signal.SIGTERM,
    "service": signal.SIGTERM,
    "whatsapp": signal.SIGTERM,
    "asterisk": signal.SIGTERM,
    "postgres": signal.SIGINT,  # a fast shutdown: open connections are cut
}


def clear(state: State) -> None:
    """End what a killed demo of this state left running, and forget its addresses."""
    for name, pid in found(state):
        with step(f"Ending {name} (process {pid}), left by a demo that was killed"):
            process.stop(pid, HOW[name], 30)
    state.endpoints.unlink(missing_ok=True)


def found(state: State) -> Iterator[tuple[str, int]]:
    """Processes that belong to this state: by the ids on record, and by their command line."""
    known = read_endpoints(state.folder).get("pids", {}) | _by_their_own_files(state)
    for name in HOW:
        if (pid := known.get(name)) and process.belongs_to(pid, state.folder):
            yield name, pid


def _by_their_own_files(state: State) -> dict[str, int]:
    files = {
        "asterisk": state.asterisk / "run/asterisk.pid",
        "postgres": state.postgres / "postmaster.pid",
    }
    pids: dict[str, int] = {}
    for name, path in files.items():
        if path.exists() and (words := path.read_text(encoding="ascii").split()):
            pids[name] = int(words[0])
    return pids
