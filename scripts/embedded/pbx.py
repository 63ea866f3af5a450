"""The embedded PBX: its configuration rendered into the state folder, its start and its stop."""

import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scripts.embedded import music, process
from scripts.embedded.asterisk import Asterisk
from scripts.embedded.errors import SetupError
from scripts.embedded.ports import RTP_WINDOW, Ports
from scripts.embedded.privileges import CHECKOUT
from scripts.embedded.state import State

TEMPLATES = CHECKOUT / "config" / "asterisk"
NAME = "pbx1"
AMI_USER = "saluran"
FOLDERS = ("etc", "db", "lib/keys", "run", "log/cdr-csv", "spool", "moh", "moh-queue", "data")
# Longer paths do not fit into a socket's address, and `asterisk -rx` could not reach its PBX.
LONGEST_RUN_FOLDER = 90


def render(text: str, values: Mapping[str, object], name: str) -> str:
    """Fill in the `@NAME@` places of a template; raises SetupError for one without a value."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise SetupError(f"{name}: no value for @{match[1]}@; one of {', '.join(values)}")
        return str(values[match[1]])

    lines = text.splitlines(keepends=True)
    return "".join(
        line if line.lstrip().startswith(";") else re.sub(r"@([A-Z][A-Z_]*)@", value, line)
        for line in lines
    )


def configure(
    state: State, asterisk: Asterisk, ports: Ports, sounds: Path, more: Mapping[str, object]
) -> None:
    """Write the PBX's configuration; files of other names in its folder stay as they are."""
    folder = state.asterisk
    if len(str(folder / "run")) > LONGEST_RUN_FOLDER:
        raise SetupError(
            f"{folder} is too long a path for the PBX's control socket: "
            f"choose a shorter folder with --state (at most {LONGEST_RUN_FOLDER - 13} characters)."
        )
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    _link(folder / "data" / "documentation", asterisk.documentation)
    _link(folder / "data" / "sounds", sounds)
    music.write(folder / "moh" / "chords.wav")
    music.write(folder / "moh-queue" / "chords.wav", rounds=4)
    values = {**places(state, asterisk, ports), **more}
    for template in sorted([*TEMPLATES.glob("*.conf"), *TEMPLATES.glob("embedded/*.conf")]):
        text = render(template.read_text(encoding="utf-8"), values, template.name)
        written = folder / "etc" / template.name
        written.touch(mode=0o600)
        written.write_text(text, encoding="utf-8")


def places(state: State, asterisk: Asterisk, ports: Ports) -> dict[str, object]:
    """What stands for the `@NAME@` places of the embedded PBX's templates."""
    return {
        "PBX": state.asterisk,
        "PBX_NAME": NAME,
        "ETC": state.asterisk / "etc",
        "MUSIC": state.asterisk / "moh-queue",
        "MODULES": asterisk.modules,
        "SIP_PORT": ports.sip,
        "CARRIER_PORT": ports.carrier,
        "RTP_FIRST": ports.rtp + 4,
        "RTP_LAST": ports.rtp + RTP_WINDOW - 1,
        "AMI_PORT": ports.ami,
        "AMI_USER": AMI_USER,
        "AMI_SECRET": state.secret("ami"),
        "STATE_PBX": state.folder / "pbx",
    }


def start(state: State, asterisk: Asterisk) -> "subprocess.Popen[bytes]":
    """Start the PBX and return once it is fully booted."""
    _sweep(state)
    started = process.start(command(state, asterisk), state.folder, log(state))
    process.wait_until(
        lambda: tell(state, asterisk, "core waitfullybooted").startswith("Asterisk has fully"),
        started,
        log(state),
        30,
    )
    return started


def stop(pid: int) -> None:
    """End the PBX at once; calls in progress are hung up."""
    process.stop(pid, signal.SIGTERM)


def command(state: State, asterisk: Asterisk) -> list[str]:
    """The command line that runs the PBX."""
    return [*asterisk.command, "-C", str(state.asterisk / "etc/asterisk.conf"), "-f"]


def tell(state: State, asterisk: Asterisk, words: str) -> str:
    """What the PBX's own console answers; empty while it cannot be reached."""
    config = state.asterisk / "etc/asterisk.conf"
    try:
        return process.run([*asterisk.command, "-C", str(config), "-rx", words], state.folder)
    except SetupError:
        return ""


def log(state: State) -> Path:
    """What the PBX printed; its own log is `asterisk/log/messages`."""
    return state.log("asterisk")


def _link(name: Path, target: Path) -> None:
    if name.is_symlink() or name.exists():
        if name.is_symlink() and name.readlink() == target:
            return
        name.unlink() if name.is_symlink() else shutil.rmtree(name)
    name.symlink_to(target)


def _sweep(state: State) -> None:
    # What a killed PBX left behind would make the new one believe that it already runs.
    for name in ("asterisk.ctl", "asterisk.pid"):
        (state.asterisk / "run" / name).unlink(missing_ok=True)
