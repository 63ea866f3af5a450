"""Start a program of ours, wait for it to be ready, stop it and only it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from scripts.embedded import privileges
from scripts.embedded.errors import SetupError

CHECK_EVERY = 0.02


def start(command: Sequence[str], state: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a program as the state's owner, its output appended to a log file.

    It gets a session of its own, so that a Ctrl-C reaches the demo alone, which then stops all
    in order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [*privileges.entry(state), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=privileges.CHECKOUT,
            env=privileges.environment(state),
            start_new_session=True,
        )


def run(command: Sequence[str], state: Path, stdin: str = "") -> str:
    """Run a program as the state's owner to its end; raises SetupError with what it said."""
    done = subprocess.run(
        [*privileges.entry(state), *command],
        capture_output=True,
        text=True,
        input=stdin,
        cwd=privileges.CHECKOUT,
        env=privileges.environment(state),
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise SetupError(f"`{Path(command[0]).name}` failed: {' / '.join(said) or 'no reason'}")
    return done.stdout


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float
) -> None:
    """Return as soon as `ready` is true; raises SetupError when the program ends or time is up.

    When this ends in any other way (Ctrl-C too), the program is ended.
    """
    try:
        _wait(ready, process, log, seconds)
    except BaseException:
        stop(process.pid, signal.SIGINT)
        raise


def _wait(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float
) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise SetupError(f"{_name(process)} ended at its start: {tail(log)} (all in {log})")
        if time.monotonic() > until:
            raise SetupError(f"{_name(process)} was not ready after {seconds:.0f} s; see {log}")
        time.sleep(CHECK_EVERY)


def stop(pid: int, how: signal.Signals, seconds: float = 15) -> None:
    """Ask a process to end, wait for it, and kill it when time is up; one that is gone is fine."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)
        until = time.monotonic() + seconds
        while is_alive(pid):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(CHECK_EVERY)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one of our children that has ended is taken note of."""
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def belongs_to(pid: int, state: Path) -> bool:
    """Whether a process is one of this state: its command line names the state folder."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    folder = str(state).encode()
    return any(part == folder or part.startswith(folder + b"/") for part in command)


def tail(log: Path, lines: int = 3) -> str:
    """The end of a log file, on one line."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "it said nothing"
    return " / ".join(text.strip().splitlines()[-lines:]) or "it said nothing"


def _name(process: subprocess.Popen[bytes]) -> str:
    command = process.args if isinstance(process.args, list) else []
    names = [Path(str(part)).name for part in command if not str(part).startswith("-")]
    known = [name for name in names if name in ("postgres", "asterisk", "saluran")]
    return known[0] if known else "the service"
