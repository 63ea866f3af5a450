"""Ids made by the writer, so that a replay is idempotent."""

import hashlib
import secrets
import time
from uuid import UUID


def new_id(at: float | None = None) -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7) of now, or of `at` in seconds since 1970."""
    return _v7(at if at is not None else time.time(), secrets.token_bytes(10))


def call_id(pbx: str, uniqueid: str) -> UUID:
    """The id of the call that began as channel `uniqueid` on `pbx`.

    Derived, not drawn: the service, the import of what the PBX took alone, and the audit all
    come to the same id, so that a call is never two rows. The time part is the channel's own.
    """
    try:
        began = float(uniqueid.rsplit("-", 1)[-1])
    except ValueError:
        began = 0.0
    return _v7(began, hashlib.sha256(f"{pbx}\0{uniqueid}".encode()).digest()[:10])


def _v7(at: float, noise: bytes) -> UUID:
    value = (int(at * 1000) & (1 << 48) - 1) << 80 | int.from_bytes(noise, "big")
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return UUID(int=value)
