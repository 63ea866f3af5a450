"""What the demo writes is what the service reads and what people are promised."""

import re
from pathlib import Path

from config.settings import load_settings
from scripts.embedded import addresses
from scripts.embedded.options import Options
from scripts.embedded.ports import Ports
from scripts.embedded.privileges import CHECKOUT
from scripts.embedded.state import State, write_private

PORTS = Ports(sip=10000, ami=20001, http=20002, postgres=20003, rtp=10000)


def test_the_settings_that_the_demo_writes_are_the_services(tmp_path: Path) -> None:
    options = Options(hours="never", clock_offset=-90.5, settings={"languages": ["id"]})
    write_private(tmp_path / "saluran.yaml", addresses.settings(PORTS, options, tmp_path / "s"))
    read = load_settings(tmp_path)
    assert (read.hours, read.clock_offset, read.languages) == ("never", -90.5, ("id",))
    assert (read.pbx.port, read.http.port) == (PORTS.ami, PORTS.http)
    assert read.files.sounds == tmp_path / "s"


def test_endpoints_name_all_that_was_promised(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.make()
    told = addresses.endpoints(state, PORTS)
    assert told["number"] == "1500587"
    assert told["sip"] == {"host": "127.0.0.1", "port": PORTS.sip}
    assert told["ami"] | {"secret": ""} == {
        "host": "127.0.0.1",
        "port": PORTS.ami,
        "user": "saluran",
        "secret": "",
    }
    assert told["database"].endswith(f"@127.0.0.1:{PORTS.postgres}/saluran")
    assert set(told["asterisk"]) == {"config", "cdr", "spool"}


def test_the_embedded_pbx_loads_only_modules_and_never_one_that_runs_programs() -> None:
    text = (CHECKOUT / "config/asterisk/embedded/modules.conf").read_text()
    modules = re.findall(r"^load = (\w+)\.so$", text, re.MULTILINE)
    assert "autoload = no" in text
    assert len(modules) == len(set(modules))
    assert not {"app_system", "func_shell", "app_externalivr", "pbx_spool"} & set(modules)


def test_every_listener_of_the_embedded_pbx_is_on_loopback() -> None:
    folder = CHECKOUT / "config/asterisk/embedded"
    listeners = [
        line
        for path in sorted(folder.glob("*.conf"))
        for line in path.read_text().splitlines()
        if re.match(r"\s*(bind|bindaddr|tlsbindaddr|udpbindaddr)\s*=", line)
    ]
    assert len(listeners) == 6
    assert all("= 127.0.0.1" in line for line in listeners)
