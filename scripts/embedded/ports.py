"""Free ports on loopback, chosen at the first start and kept while nobody else has them."""

import random
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from scripts.embedded.errors import PortTaken

# All below the range the system hands out to outgoing connections, so that none takes ours.
RTP_WINDOW = 1_000
RTP_BASES = range(10_000, 32_000, RTP_WINDOW)


@dataclass(frozen=True)
class Ports:
    """What one installation listens on; `rtp` is the first of `RTP_WINDOW` UDP ports.

    New TCP ports have numbers of that window too: whoever holds it is alone with all of them.
    """

    sip: int
    ami: int
    http: int
    postgres: int
    rtp: int
    ws: int = 0
    """Where the PBX speaks SIP with browsers: without TLS, for this machine's own browser."""
    wss: int = 0
    """The same with TLS."""
    desk: int = 0
    """The desk's pages and API."""
    whatsapp: int = 0
    """The imitation of WhatsApp's API, and its pages."""

    @property
    def carrier(self) -> int:
        """Where the customers' phones are rung, if somebody plays them: within the RTP window."""
        return self.rtp + 2


def claim(kept: Mapping[str, int], asked: Mapping[str, int | None]) -> tuple[Ports, socket.socket]:
    """Ports as `choose` finds them, and what holds their window until it is closed.

    Raises PortTaken when a port that was asked for is in use.
    """
    while True:
        chosen = choose(kept, asked)
        with suppress(OSError):  # another installation was faster: choose again
            return chosen, hold_window(chosen)


def choose(kept: Mapping[str, int], asked: Mapping[str, int | None]) -> Ports:
    """The ports to use: those asked for, else those kept if free, else new ones.

    Raises PortTaken when a port that was asked for is in use.
    """
    chosen = {name: port for name, port in asked.items() if port}
    for name, port in chosen.items():
        if not is_free(port, _kind(name)):
            raise PortTaken(
                f"Port {port} for {name} is in use by another program: "
                f"choose another with --{'pg' if name == 'postgres' else name}-port, or leave "
                "the option out and a free one is found."
            )
    chosen["rtp"] = _window(kept.get("rtp"), need_first="sip" not in chosen)
    chosen.setdefault("sip", chosen["rtp"])
    for name in ("ami", "http", "postgres", "desk", "ws", "wss", "whatsapp"):
        if name not in chosen:
            chosen[name] = pick(chosen["rtp"], chosen.values(), [kept.get(name, 0)])
    return Ports(**chosen)


def pick(rtp: int, taken: Iterable[int] = (), first: Iterable[int] = ()) -> int:
    """A free TCP port: one of `first`, else of the window at `rtp`, and none of `taken`."""
    spoken_for = {0, *taken}
    window = range(rtp, rtp + RTP_WINDOW)
    for port in (*first, *random.sample(window, len(window))):
        if port not in spoken_for and is_free(port, "tcp"):
            return port
    raise PortTaken(f"No free TCP port between {rtp} and {rtp + RTP_WINDOW - 1} on 127.0.0.1.")


def hold_window(ports: Ports) -> socket.socket:
    """Keep the RTP window from other installations for as long as the socket is open.

    Raises OSError when another took it in between.
    """
    guard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        guard.bind(("127.0.0.1", ports.rtp + 1))
    except OSError:
        guard.close()
        raise
    return guard


def is_free(port: int, kind: str) -> bool:
    """Whether a program could listen on that port of 127.0.0.1 now; `kind` is `tcp` or `udp`."""
    family = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, family) as probe:
        if kind == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _window(kept: int | None, need_first: bool) -> int:
    """A window whose guard (its second port) nobody holds; SIP usually sits on its first."""
    bases = random.sample(RTP_BASES, len(RTP_BASES))
    for base in [kept, *bases] if kept else bases:
        if is_free(base + 1, "udp") and (not need_first or is_free(base, "udp")):
            return base
    raise PortTaken(f"All {len(bases)} windows of RTP ports are in use: end another demo first.")


def _kind(name: str) -> str:
    return "udp" if name == "sip" else "tcp"
