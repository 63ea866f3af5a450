"""What others read of an installation: `endpoints.json` for people and tests, `saluran.yaml`."""

import json
from pathlib import Path
from typing import Any

from config.settings_groups import Web
from scripts.embedded import own_files, pbx
from scripts.embedded.agents import secrets_of
from scripts.embedded.desk_users import PEOPLE, passwords_of
from scripts.embedded.options import Options
from scripts.embedded.ports import Ports
from scripts.embedded.state import State, database_url

NUMBER = "1500587"
PHONE_NUMBER_ID = "106540352242922"
"""Of the hotline's number at the imitation of WhatsApp."""


def endpoints(state: State, ports: Ports) -> dict[str, Any]:
    """What to dial and where, and everything's address; process ids are the installation's."""
    passwords = passwords_of(state)
    return {
        "number": NUMBER,
        "sip": {"host": "127.0.0.1", "port": ports.sip},
        "web": web_socket(ports) | {"certificate": str(state.web_certificate)},
        "carrier": {"host": "127.0.0.1", "port": ports.carrier},
        "ami": {
            "host": "127.0.0.1",
            "port": ports.ami,
            "user": pbx.AMI_USER,
            "secret": state.secret("ami"),
        },
        "http": f"http://127.0.0.1:{ports.http}",
        "desk": {
            "address": f"http://127.0.0.1:{ports.desk}",
            "users": [
                {"login": person.login, "role": person.role, "password": passwords[person.login]}
                for person in PEOPLE
            ],
        },
        "whatsapp": f"http://127.0.0.1:{ports.whatsapp}",
        "database": database_url(state.secret("postgres"), ports.postgres),
        "asterisk": {
            "config": str(state.asterisk / "etc"),
            "cdr": str(state.asterisk / "log/cdr-csv/Master.csv"),
            "spool": str(state.asterisk / "spool"),
        },
        "agents": [
            {"user": extension, "secret": secret, "extension": extension}
            for extension, secret in secrets_of(state).items()
        ],
    }


def web_socket(ports: Ports) -> dict[str, Any]:
    """Where browsers speak SIP with the PBX. Theirs is the one without TLS: no browser knows our
    certificate, and what stays on this machine needs none."""
    return {
        "ws": f"ws://127.0.0.1:{ports.ws}/ws",
        "wss": f"wss://127.0.0.1:{ports.wss}/ws",
    }


def settings(ports: Ports, options: Options, sounds: Path) -> str:
    """The text of `saluran.yaml`, as `config.settings` names things."""
    ours: dict[str, Any] = {
        "number": NUMBER,
        "hours": options.hours,
        "clock_offset": options.clock_offset,
        "pbx": {"name": pbx.NAME, "port": ports.ami, "user": pbx.AMI_USER},
        "phones": {
            "media_address": "127.0.0.1",
            "permit": ["127.0.0.0/8"],
            "web_socket": web_socket(ports)["ws"],
        },
        "http": {"port": ports.http},
        "web": {"port": ports.desk or Web().port, "caller": options.web_caller},
        "whatsapp": {
            "enabled": options.whatsapp,
            "phone_number_id": PHONE_NUMBER_ID,
            "api": f"http://127.0.0.1:{ports.whatsapp or 1}",
        },
        "files": {
            "sounds": str(sounds),
            "calendar": own_files.CALENDAR,
            "flows": own_files.FLOWS,
        },
    }
    # JSON is YAML too.
    text = json.dumps(ours | dict(options.settings), indent=2)
    return f"# Written anew at each start of the demo.\n{text}\n"
