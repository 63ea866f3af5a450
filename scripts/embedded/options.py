"""What the starter of an installation may choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Options:
    """A port of None is found by itself, and kept."""

    hours: str = "office"
    """`office` follows the calendar; `always` and `never` are for trying things out."""
    clock_offset: float = 0.0
    """Seconds by which the service's and the fallback's clock is ahead of the system's."""
    sip_port: int | None = None
    ami_port: int | None = None
    http_port: int | None = None
    pg_port: int | None = None
    web_caller: bool = False
    """Whoever opens the demo's page may call the line from it, and nothing else."""
    history: bool = False
    """Begin with some weeks of a hotline that never was, where nobody has called yet."""
    whatsapp: bool = False
    """With an imitation of WhatsApp on this machine."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """More of `saluran.yaml`, as `config.settings` names it."""

    def asked_ports(self) -> dict[str, int | None]:
        return {
            "sip": self.sip_port,
            "ami": self.ami_port,
            "http": self.http_port,
            "postgres": self.pg_port,
        }
