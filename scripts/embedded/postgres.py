"""The embedded PostgreSQL: a cluster of ours, run by the system's programs or by unpacked ones."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.embedded import packages, privileges, process
from scripts.embedded.asterisk import one_at_a_time
from scripts.embedded.errors import SetupError
from scripts.embedded.progress import step
from scripts.embedded.state import CACHE, State, write_private

OLDEST = 15
SYSTEM = Path("/usr/lib/postgresql")
PROGRAMS = ("initdb", "postgres")
# Each refuses what a hotline's data must not risk, or keeps the small cluster small.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_connections": "off",
    "lc_messages": "C",
}


@dataclass(frozen=True)
class Postgres:
    """Where the programs are."""

    programs: Path


def find_or_fetch(cache: Path = CACHE) -> Postgres:
    """The PostgreSQL of this machine; fetched at the first time if the system has none.

    Raises SetupError when there is none to be had.
    """
    system = [SYSTEM / name / "bin" for name in _newest(SYSTEM)]
    if on_path := shutil.which("initdb"):
        system.append(Path(on_path).resolve().parent)
    for programs in system:
        if version(programs) >= OLDEST:
            return Postgres(programs)
    with one_at_a_time(cache / "postgres"):
        trees = sorted((cache / "postgres").glob("[!.]*/usr/lib/postgresql/*/bin"))
        return Postgres(trees[-1] if trees else _fetch(cache / "postgres"))


def version(programs: Path) -> int:
    """The major version of the programs in a folder; 0 when they are not there or do not run."""
    if not all((programs / name).exists() for name in PROGRAMS):
        return 0
    said = subprocess.run(
        [programs / "postgres", "-V"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def create(state: State, postgres: Postgres) -> None:
    """Make the cluster, if it is not there yet; it appears whole or not at all."""
    if (state.postgres / "PG_VERSION").exists():
        _check_version(state, postgres)
        return
    with TemporaryDirectory(prefix=".initdb-", dir=state.folder) as folder:
        made = Path(folder)
        _give(made, state)
        password = made / "password"
        write_private(password, state.secret("postgres-admin") + "\n")
        process.run(
            [
                *(str(postgres.programs / "initdb"), "--pgdata", str(made / "cluster")),
                *("--username", "postgres", "--pwfile", str(password), "--auth", "scram-sha-256"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8"),
            ],
            state.folder,
        )
        _single_user(state, postgres, made / "cluster", _bootstrap(state.secret("postgres")))
        (made / "cluster").rename(state.postgres)


def start(state: State, postgres: Postgres, port: int) -> "subprocess.Popen[bytes]":
    """Start the cluster and return once it takes connections."""
    _configure(state, port)
    started = process.start(command(state, postgres), state.folder, state.log("postgres"))
    process.wait_until(
        lambda: _is_ready(state.postgres / "postmaster.pid", started.pid),
        started,
        state.log("postgres"),
        60,
    )
    return started


def command(state: State, postgres: Postgres) -> list[str]:
    """The command line that runs the cluster."""
    return [str(postgres.programs / "postgres"), "-D", str(state.postgres)]


def _configure(state: State, port: int) -> None:
    # In the cluster's own file, so that any way to start it (pg_ctl too) is the same.
    settings = SETTINGS | {"port": str(port)}
    text = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    (state.postgres / "postgresql.conf").write_text(
        f"# Written anew at each start of the demo.\n{text}", encoding="utf-8"
    )


def _is_ready(lock: Path, pid: int) -> bool:
    try:
        lines = lock.read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    # The eighth line is the postmaster's own word on how far it is (`pg_ctl` reads it too).
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _check_version(state: State, postgres: Postgres) -> None:
    made_by = int((state.postgres / "PG_VERSION").read_text(encoding="ascii"))
    if version(postgres.programs) != made_by:
        raise SetupError(
            f"{state.postgres} was made by PostgreSQL {made_by}, and here is "
            f"{version(postgres.programs)}: install {made_by} again, or move the data with "
            "pg_dump and pg_restore, or start with another --state."
        )


def _bootstrap(password: str) -> str:
    """The service's role owns its database and has no rights beyond it."""
    return (
        f"CREATE ROLE saluran LOGIN PASSWORD '{password}';\n"
        "CREATE DATABASE saluran OWNER saluran;\n"
    )


def _single_user(state: State, postgres: Postgres, cluster: Path, statements: str) -> None:
    command = [str(postgres.programs / "postgres"), "--single", "-D", str(cluster)]
    process.run([*command, "-c", "exit_on_error=on", "postgres"], state.folder, statements)


def _give(folder: Path, state: State) -> None:
    if privileges.entry(state.folder):
        privileges.give(folder, privileges.owner(state.folder))


def _newest(folder: Path) -> list[str]:
    names = [path.name for path in folder.glob("*") if path.name.isdigit()]
    return sorted(names, key=int, reverse=True)


def _fetch(folder: Path) -> Path:
    with step("PostgreSQL: unpacking the distribution's packages (about 60 MB, once)"):
        for source in packages.machine_sources():
            with packages.apt(source) as apt:
                found = apt.version("postgresql")
                if found is None or int(found.split("+")[0].split(".")[0]) < OLDEST:
                    continue
                tree = folder / found
                packages.unpack(apt.download("postgresql"), tree, _wrap)
                return next(tree.glob("usr/lib/postgresql/*/bin"))
    raise SetupError(
        f"No PostgreSQL {OLDEST} or newer in this distribution. Install one (postgresql.org/"
        "download), so that `initdb` is on the PATH, then start again."
    )


def _wrap(tree: Path) -> None:
    """Put a script in each program's place that starts it with the tree's own libraries.

    initdb looks for `postgres` beside itself, and both find their shared files relative to the
    name they are called by, so the name and its place must stay.
    """
    programs = sorted(tree.glob("usr/lib/postgresql/*/bin"))[-1]
    real = programs.with_name("real")
    programs.rename(real)
    programs.mkdir()
    start, flag, libraries = packages.loader(tree)
    command = f'"{start}" {flag} "{libraries}" --argv0 "$0" "{real}/${{0##*/}}" "$@"'
    relocatable = command.replace(str(tree), "$tree")
    for program in real.iterdir():
        script = programs / program.name
        script.write_text(
            f"#!/bin/sh\ntree=${{0%/usr/lib/postgresql/*}}\nexec {relocatable}\n", encoding="utf-8"
        )
        script.chmod(0o755)
