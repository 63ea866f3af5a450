"""A real Asterisk for tests of the AMI link and of AGI: a channel whose keys are pressed by AMI."""

import subprocess
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from config.queues import load_queues
from ivr.pbx_files import queues_conf
from ivr.provisioning import QUEUES_FILE
from scripts.embedded import asterisk, pbx, ports, privileges
from scripts.embedded.state import State

USERS = {
    # The rights that the service gets, and tests' own that also ring and press keys.
    "saluran": ("agi,agent,call,user", "agi,agent,call,originate,system"),
    "caller": ("agi,call,user", "agi,call,originate,user,system,command,reporting"),
    "deaf": ("call", "call"),
    "lavish": ("agi,agent,call,user,cdr", "agi,agent,call,originate,system,command"),
}
SECRET = "known-to-tests-alone"
DIALPLAN = """
[link]
exten => agi,1,Answer()
 same => n,AGI(agi:async)
 same => n,UserEvent(AgiOver,Status: ${AGISTATUS})
 same => n,Hangup()
[idle]
exten => wait,1,Wait(600)
"""
TLS = """
[general](+)
tlsenable=yes
tlsbindaddr=[::1]:{port}
tlscertfile={certificate}
"""


@dataclass
class LinkPbx:
    """A running Asterisk and where its AMI is."""

    state: State
    program: asterisk.Asterisk
    ami_port: int
    tls_port: int
    """AMI by TLS, on the IPv6 loopback alone."""
    certificate: Path
    process: "subprocess.Popen[bytes]"

    def restart(self) -> None:
        """Kill it and start it again on the same ports."""
        self.process.kill()
        self.process.wait()
        self.process = pbx.start(self.state, self.program)

    def plays(self, sound: str) -> bool:
        """Whether it has the file of that sound open."""
        for file in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed in between
                if file.readlink().stem == sound:
                    return True
        return False

    def stands_still(self) -> bool:
        """Whether each of its threads has taken notice of a SIGSTOP."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        return all(task.read_text().rpartition(") ")[2].startswith("T") for task in tasks)


@contextmanager
def running(folder: Path) -> Iterator[LinkPbx]:
    """Start it on free ports, with every folder of it under `folder`; stop it at the end."""
    state = State(folder)
    state.make()
    _make_sounds(folder / "sounds" / "id")
    program = asterisk.find_or_fetch()
    chosen, window = ports.claim({}, {})
    more = {
        "AMI_USER": "unused",
        "STATE_PBX": folder / "pbx",
        "CLOCK_OFFSET": 0,
        "WEB_CALLER": "",
    }
    pbx.configure(state, program, chosen, folder / "sounds", more)
    queues = queues_conf(load_queues(privileges.CHECKOUT / "config/queues.yaml"), [])
    (folder / "pbx/config" / QUEUES_FILE).write_text(queues)
    etc = state.asterisk / "etc"
    (etc / "extensions.conf").write_text(DIALPLAN)
    certificate = _make_certificate(folder / "ami.pem")
    tls_port = ports.pick(chosen.rtp, [chosen.ami])
    tls = TLS.format(port=tls_port, certificate=certificate)
    (etc / "manager_saluran.conf").write_text(tls + "\n".join(map(_user, USERS)))
    with (etc / "modules.conf").open("a") as modules:
        modules.write("load = func_config.so\n")
    privileges.prepare(folder)
    started = LinkPbx(state, program, chosen.ami, tls_port, certificate, pbx.start(state, program))
    try:
        yield started
    finally:
        pbx.stop(started.process.pid)
        window.close()


def _user(name: str) -> str:
    reads, writes = USERS[name]
    return f"[{name}]\nsecret={SECRET}\nread={reads}\nwrite={writes}\nallowmultiplelogin=yes\n"


def _make_certificate(path: Path) -> Path:
    """A key and a certificate of its own signature for `localhost` and ::1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("::1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def _make_sounds(folder: Path) -> None:
    for name, seconds in {
        "saluran/a": 0.2,
        "saluran/b": 0.2,
        "saluran/long": 5,
        "beep": 0.1,
    }.items():
        path = folder / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(int(16000 * seconds)))
