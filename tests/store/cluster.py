"""A private PostgreSQL for the tests: its own cluster, its own socket, no network."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts.embedded.postgres import find_or_fetch

# What a test writes need not outlive the machine, only the server.
_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
    "timezone": "UTC",
    "lc_messages": "C",
}


@dataclass
class Cluster:
    """A server that can be stopped and started again, on a socket in its own folder."""

    folder: Path
    programs: Path
    user: str
    as_user: dict[str, Any] = field(repr=False)
    _server: "subprocess.Popen[bytes] | None" = None

    def dsn(self, database: str, user: str | None = None, password: str = "") -> str:
        login = quote(user or self.user) + (f":{quote(password)}" if password else "")
        return f"postgresql://{login}@/{database}?host={quote(str(self.folder))}"

    def create(self) -> None:
        login = ["-A", "trust", "-U", self.user]
        subprocess.run(
            [self.programs / "initdb", "-D", self.data, *login, "--no-sync", "-E", "UTF8"],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self.as_user,
        )
        self._let_in()

    def _let_in(self) -> None:
        """Everyone on this socket, but `clerk` only with a password."""
        rules = "local all clerk scram-sha-256\nlocal all all trust\n"
        (self.folder / "data" / "pg_hba.conf").write_text(rules)

    def start(self, **options: str) -> None:
        """Start, and return when it takes connections."""
        settings = _OPTIONS | {"unix_socket_directories": str(self.folder)} | options
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("a") as log:
            self._server = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *words],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.as_user,
            )
        while not self._is_ready():
            if self._server.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Cut every connection and stop; SIGQUIT leaves the data to be recovered."""
        if self._server:
            self._server.send_signal(how)
            self._server.wait(60)

    def _is_ready(self) -> bool:
        # The eighth line is the postmaster's own word on how far it is (`pg_ctl` reads it too).
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def freeze(self) -> None:
        """Stop answering without closing anything, as a hung disk does."""
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        self._tell(signal.SIGCONT)

    def _tell(self, what: signal.Signals) -> None:
        for pid in self._pids():
            # A backend may end as it is looked at.
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def _pids(self) -> list[int]:
        assert self._server
        postmaster = self._server.pid
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster, *map(int, children)]


@contextmanager
def private_cluster() -> Iterator[Cluster]:
    """A running cluster that is gone afterwards; as root it runs as an ordinary user."""
    folder = Path(tempfile.mkdtemp(prefix="saluran-store-"))
    user = _ordinary_user() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    cluster = Cluster(folder, find_or_fetch().programs, user.pw_name, as_user)
    try:
        cluster.create()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


def _ordinary_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
