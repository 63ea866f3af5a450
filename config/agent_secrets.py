"""The secrets of agents' phones: strong, shown once, and kept as a digest alone (RFC 2617, HA1)."""

import hashlib
import secrets

REALM = "saluran"
"""What the PBX challenges phones with; a part of every digest, so it can never be changed."""
BYTES = 18


def new_secret() -> str:
    """A secret of 144 random bits that can be typed into a phone: 24 letters, digits, - and _."""
    return secrets.token_urlsafe(BYTES)


def digest(extension: str, secret: str) -> str:
    """What the PBX needs to know of a secret: MD5 of `extension:realm:secret` in hex."""
    # MD5 is what SIP's digest authentication is made of: phones know nothing better.
    return hashlib.md5(f"{extension}:{REALM}:{secret}".encode(), usedforsecurity=False).hexdigest()
