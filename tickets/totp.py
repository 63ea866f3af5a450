"""The second factor: time-based codes (RFC 6238), their secrets encrypted at rest."""

import secrets
import time
from hashlib import sha256

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tickets.errors import TicketError

PERIOD = 30
"""Seconds that a code holds; the one before and the one after hold too, for clocks differ."""
_NONCE = 12


class TotpKeyLost(TicketError):
    """The secret was encrypted with another key: restore it, or give the user a new secret."""


class Totp:
    """Makes secrets and judges codes under one installation's key."""

    def __init__(self, key: bytes, issuer: str = "Saluran") -> None:
        self._cipher = AESGCM(sha256(b"totp\0" + key).digest())
        self._key = key
        self._issuer = issuer

    def derived(self, purpose: bytes) -> bytes:
        """Another key of the same installation."""
        return sha256(purpose + b"\0" + self._key).digest()

    def new(self, login: str) -> tuple[bytes, str]:
        """A secret as it is kept, and the `otpauth:` address that an authenticator reads."""
        secret = pyotp.random_base32()
        nonce = secrets.token_bytes(_NONCE)
        kept = nonce + self._cipher.encrypt(nonce, secret.encode(), login.encode())
        address = pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(
            name=login, issuer_name=self._issuer
        )
        return kept, address

    def step(self, kept: bytes, login: str, code: str, at: float | None = None) -> int | None:
        """The time step that a code is right for, None for a wrong one. Raises TotpKeyLost."""
        try:
            secret = self._cipher.decrypt(kept[:_NONCE], kept[_NONCE:], login.encode()).decode()
        except InvalidTag:
            raise TotpKeyLost(
                f"the second factor of {login} cannot be read: restore `secrets/web.key`, or run "
                f"`saluran users totp {login}`"
            ) from None
        totp = pyotp.TOTP(secret, interval=PERIOD)
        now = int((time.time() if at is None else at) // PERIOD)
        steps = (now - 1, now, now + 1)
        # All are compared, in the same time each.
        right = [step for step in steps if _same(totp.at(step * PERIOD), code)]
        return right[0] if right else None


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
