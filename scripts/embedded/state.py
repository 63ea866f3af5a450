"""The state folder of one installation: what is where in it, its secrets, its addresses."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts.embedded.errors import AlreadyRunning
from scripts.embedded.privileges import CHECKOUT

CACHE = CHECKOUT / ".state" / "cache"
SECRETS = (
    "ami",
    "postgres",
    "postgres-admin",
    "pin.key",
    "recordings.key",
    "web.key",
    "desk.key",
    "whatsapp.token",
    "whatsapp.app-secret",
    "whatsapp.verify-token",
)
FOLDERS = (
    "log",
    "spool",
    "recordings",
    "pbx/messages",
    "pbx/callbacks",
    "pbx/introductions",
    "pbx/stays",
    "pbx/talks",
    "pbx/fallback",
    "pbx/hours",
    "pbx/config",
    "secrets",
)


@dataclass(frozen=True)
class State:
    """Names of what is in a state folder."""

    folder: Path

    @property
    def endpoints(self) -> Path:
        return self.folder / "endpoints.json"

    @property
    def settings(self) -> Path:
        return self.folder / "saluran.yaml"

    @property
    def ports(self) -> Path:
        return self.folder / "ports.json"

    @property
    def asterisk(self) -> Path:
        return self.folder / "asterisk"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def web_certificate(self) -> Path:
        """Certificate and key of the PBX's WebSocket."""
        return self.folder / "secrets/web.pem"

    def log(self, name: str) -> Path:
        """The log file of one program."""
        return self.folder / "log" / f"{name}.log"

    def secret(self, name: str) -> str:
        """The secret of that name."""
        return (self.folder / "secrets" / name).read_text(encoding="ascii").strip()

    def make(self) -> None:
        """Make the folders and the secrets that are not there yet."""
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "secrets").chmod(0o700)
        for name in SECRETS:
            path = self.folder / "secrets" / name
            if not path.exists():
                write_private(path, secrets.token_hex(32) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read; it appears whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        parent = path.parent.stat()
        os.chown(beside, parent.st_uid, parent.st_gid)
    beside.replace(path)


def database_url(password: str, port: int, name: str = "saluran") -> str:
    """The address of a database on the embedded PostgreSQL."""
    quoted = quote(password, safe="")
    return f"postgresql://saluran:{quoted}@127.0.0.1:{port}/{name}"


def read_endpoints(folder: Path) -> dict[str, Any]:
    """What `endpoints.json` says; empty when there is none."""
    path = State(folder).endpoints
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def note_pid(folder: Path, name: str, pid: int) -> None:
    """Write the process id of `service`, `asterisk` or `postgres` into `endpoints.json`.

    Does nothing for a state without that file: an operator's installation has no need of it.
    """
    with _alone(folder / ".endpoints.lock"):
        endpoints = read_endpoints(folder)
        if endpoints:
            endpoints.setdefault("pids", {})[name] = pid
            write_endpoints(folder, endpoints)


def write_endpoints(folder: Path, endpoints: Mapping[str, Any]) -> None:
    """Write `endpoints.json`, readable by its owner alone."""
    write_private(State(folder).endpoints, json.dumps(endpoints, indent=2) + "\n")


@contextmanager
def hold(folder: Path, name: str) -> Iterator[None]:
    """Be the one `demo`, `service` or `desk` of this state; raises AlreadyRunning for a second.

    The lock is the kernel's, so it ends with the process however that dies.
    """
    path = folder / f"{name}.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(_who_holds(path, name, folder)) from None
        path.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Be the one service of this state, and be found: raises AlreadyRunning for a second one."""
    with hold(folder, "service"):
        note_pid(folder, "service", os.getpid())
        yield


@contextmanager
def desking(folder: Path) -> Iterator[None]:
    """Be the one desk of this state, and be found: raises AlreadyRunning for a second one."""
    with hold(folder, "desk"):
        note_pid(folder, "desk", os.getpid())
        yield


def is_held(folder: Path, name: str) -> bool:
    """Whether a running `demo` or `service` holds this state."""
    path = folder / f"{name}.lock"
    if not path.exists():
        return False
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _who_holds(path: Path, name: str, folder: Path) -> str:
    pid = path.read_text(encoding="ascii").strip() or "unknown"
    return (
        f"A {name} of {folder} is already running (process {pid}): end it with Ctrl-C or "
        f"`kill {pid}`, or choose another folder with --state."
    )
