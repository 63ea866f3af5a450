"""The addresses of this machine, told to browsers as loopback."""

import fcntl
import socket
import struct
from array import array

SIOCGIFCONF = 0x8912
MOST = 64
ENTRY = 40
"""Bytes of a `struct ifreq` on a 64-bit Linux: 16 for the name, then a `sockaddr_in`."""


def host_candidates() -> str:
    """Lines for `[ice_host_candidates]`; none on a machine that is on no network, where no browser
    finds a way either."""
    return "\n".join(f"{address} => 127.0.0.1" for address in addresses())


def addresses() -> list[str]:
    """The IPv4 addresses of all interfaces that are up, without loopback."""
    room = array("B", bytes(MOST * ENTRY))
    asked = struct.pack("iL", len(room), room.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        size: int = struct.unpack("iL", fcntl.ioctl(probe, SIOCGIFCONF, asked))[0]
    found = [socket.inet_ntoa(room[at + 20 : at + 24]) for at in range(0, size, ENTRY)]
    return [address for address in dict.fromkeys(found) if not address.startswith("127.")]
