"""One installation with its own PBX and database in a state folder: start, look, stop.

The demo, the tests and the benchmark all use it. As root its programs run as the folder's owner.
"""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from scripts.embedded import (
    addresses,
    asterisk,
    own_files,
    pbx,
    postgres,
    privileges,
    process,
    state,
)
from scripts.embedded.options import Options
from scripts.embedded.ports import Ports, claim
from scripts.embedded.postgres import Postgres
from scripts.embedded.state import CACHE, State


class Installation:
    """The programs of one state folder. Use it as a context manager, or call `stop` at the end.

    Every method raises `SetupError` with a remedy when something cannot be had.
    """

    def __init__(
        self, folder: Path, options: Options | None = None, sounds: Path = CACHE / "sounds"
    ) -> None:
        self.state = State(folder.absolute())
        self.options = options or Options()
        self.sounds = sounds
        self.pids: dict[str, int] = {}
        self._published = False
        self._window: socket.socket | None = None
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Installation":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def prepare(self) -> None:
        """Make folders, secrets, ports and settings; what is there already is kept."""
        privileges.prepare(self.state.folder)
        self.state.make()
        self._ports = self._choose_ports()
        own_files.provide(self.state.folder)
        self._write_settings()
        self._hand_over()

    def change(self, options: Options) -> None:
        """Other hours, clock or settings; the ports stay.

        The service has them from its next start, a running PBX has the clock at once.
        """
        self.options = options
        self._write_settings()
        if "asterisk" in self.pids:
            self._configure_asterisk()
            self.console("dialplan reload")

    @property
    def ports(self) -> Ports:
        return self._ports

    @property
    def endpoints(self) -> dict[str, Any]:
        """What to dial and where, addresses, process ids; `endpoints.json` once published."""
        return addresses.endpoints(self.state, self._ports) | {"pids": dict(self.pids)}

    def start_postgres(self) -> None:
        """Start the database, making it at the first time; its tables are `migrate`'s."""
        programs: Postgres = postgres.find_or_fetch()
        postgres.create(self.state, programs)
        self._note("postgres", postgres.start(self.state, programs, self._ports.postgres))

    def start_asterisk(self) -> None:
        """Write the PBX's configuration and start it."""
        self._configure_asterisk()
        self._note("asterisk", pbx.start(self.state, asterisk.find_or_fetch()))

    def migrate(self) -> None:
        """Bring the database's tables up to the code's, with the demo's agents in them."""
        process.run([*self.saluran("migrate")], self.state.folder)
        enrol = [sys.executable, "-m", "scripts.embedded.agents", str(self.state.folder)]
        process.run(enrol, self.state.folder)

    def start_desk(self) -> None:
        """Make the demo's accounts, start `saluran desk`, and return once it answers."""
        enrol = [sys.executable, "-m", "scripts.embedded.desk_users", str(self.state.folder)]
        process.run(enrol, self.state.folder)
        if self.options.history:
            history = [sys.executable, "-m", "scripts.embedded.history", str(self.state.folder)]
            process.run(history, self.state.folder)
        log = self.state.log("desk")
        started = process.start(self.saluran("desk"), self.state.folder, log)
        process.wait_until(self.desk_is_ready, started, log, 30)
        self._note("desk", started)

    def start_whatsapp(self) -> None:
        """Start the imitation of WhatsApp, if it is wanted, and return once it answers."""
        if not self.options.whatsapp:
            return
        log = self.state.log("whatsapp")
        started = process.start(self._whatsapp(), self.state.folder, log)
        address = f"http://127.0.0.1:{self._ports.whatsapp}/"
        process.wait_until(lambda: _answers(address), started, log, 30)
        self._note("whatsapp", started)

    def _whatsapp(self) -> list[str]:
        command = [sys.executable, "-m", "scripts.whatsapp_imitation"]
        return [*self._on_state(*command), "--port", str(self._ports.whatsapp)]

    def start_service(self) -> None:
        """Start `saluran serve` and return once it says that it is ready to take calls."""
        log = self.state.log("service")
        started = process.start(self.saluran("serve"), self.state.folder, log)
        process.wait_until(self.service_is_ready, started, log, 30)
        self._note("service", started)
        self.publish()

    def publish(self) -> None:
        """Write `endpoints.json`: its being there says that the installation is ready."""
        state.write_endpoints(self.state.folder, self.endpoints)
        self._published = True

    def saluran(self, command: str) -> list[str]:
        """The command line of a `saluran` command on this state, with this Python."""
        return [sys.executable, "-m", "scripts.cli", *self._on_state(command)]

    def commands(self) -> dict[str, list[str]]:
        """The command lines that run the programs, by name."""
        return {
            "postgres": postgres.command(self.state, postgres.find_or_fetch()),
            "asterisk": pbx.command(self.state, asterisk.find_or_fetch()),
            "whatsapp": self._whatsapp(),
            "desk": [str(privileges.CHECKOUT / "scripts/saluran"), *self._on_state("desk")],
            "service": [str(privileges.CHECKOUT / "scripts/saluran"), *self._on_state("serve")],
        }

    def service_is_ready(self) -> bool:
        """Whether the service takes calls now."""
        return _answers(f"http://127.0.0.1:{self._ports.http}/readyz")

    def desk_is_ready(self) -> bool:
        """Whether the desk's pages and API answer now."""
        return _answers(f"http://127.0.0.1:{self._ports.desk}/healthz")

    def console(self, command: str) -> str:
        """What the PBX's console answers to a command such as `core show channels`."""
        return pbx.tell(self.state, asterisk.find_or_fetch(), command)

    def stop_service(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the service; with SIGKILL it has no chance to clean up."""
        self._stop("service", how)

    def stop_desk(self) -> None:
        """End the desk; requests that go on are answered first."""
        self._stop("desk", signal.SIGTERM)

    def stop_asterisk(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the PBX; calls in progress are cut."""
        self._stop("asterisk", how)

    def stop_postgres(self, how: signal.Signals = signal.SIGINT) -> None:
        """Shut the database down; open connections are cut."""
        self._stop("postgres", how)

    def stop(self) -> None:
        """End all that was started here, the last first, and nothing else."""
        for name in reversed(list(self.pids)):
            self._stop(name, signal.SIGINT if name == "postgres" else signal.SIGTERM)
        if self._published:
            self.state.endpoints.unlink(missing_ok=True)
            self._published = False
        self._release_window()

    def ended(self) -> list[str]:
        """Which of the programs have ended by themselves since this was asked last."""
        gone = [name for name, started in self._started.items() if started.poll() is not None]
        for name in gone:
            del self._started[name], self.pids[name]
        return gone

    def _configure_asterisk(self) -> None:
        more = {
            "CLOCK_OFFSET": round(self.options.clock_offset),
            "WEB_CALLER": "#include pjsip_web_caller.conf" if self.options.web_caller else "",
        }
        pbx.configure(self.state, asterisk.find_or_fetch(), self._ports, self.sounds, more)
        self._hand_over()

    def _on_state(self, *command: str) -> list[str]:
        return [*command, "--state", str(self.state.folder)]

    def _stop(self, name: str, how: signal.Signals) -> None:
        if (pid := self.pids.pop(name, None)) is not None:
            process.stop(pid, how, 30)
            self._started.pop(name).wait()

    def _note(self, name: str, started: "subprocess.Popen[bytes]") -> None:
        self._started[name] = started
        self.pids[name] = started.pid
        state.note_pid(self.state.folder, name, started.pid)

    def _choose_ports(self) -> Ports:
        self._release_window()
        kept = json.loads(self.state.ports.read_text()) if self.state.ports.exists() else {}
        chosen, self._window = claim(kept, self.options.asked_ports())
        state.write_private(self.state.ports, json.dumps(vars(chosen)) + "\n")
        return chosen

    def _release_window(self) -> None:
        if self._window is not None:
            self._window.close()
            self._window = None

    def database_url(self, name: str = "saluran") -> str:
        """The address of a database, as the service's own role."""
        return state.database_url(self.state.secret("postgres"), self._ports.postgres, name)

    def _write_settings(self) -> None:
        text = addresses.settings(self._ports, self.options, self.sounds)
        state.write_private(self.state.settings, text)
        state.write_private(self.state.folder / "secrets/database", self.database_url() + "\n")

    def _hand_over(self) -> None:
        if privileges.entry(self.state.folder):
            privileges.give(self.state.folder, privileges.owner(self.state.folder))


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
