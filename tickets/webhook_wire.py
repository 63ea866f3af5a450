"""How a webhook is signed (Standard Webhooks 1.0), and where one may lead."""

import hmac
import re
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Collection, Mapping

from cryptography.fernet import Fernet, InvalidToken
from yarl import URL

MARK = "whsec_"
FRESH = 300
"""Seconds for which a signed message holds."""
_BYTES = 32
_SIGNATURES = 8
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class SecretLost(Exception):
    """The secret was encrypted with another key: make the webhook anew."""


class Secrets:
    """Makes secrets, and keeps them encrypted under one installation's key."""

    def __init__(self, key: bytes) -> None:
        """`key` has 32 bytes."""
        self._box = Fernet(urlsafe_b64encode(key))

    def new(self) -> tuple[str, bytes]:
        """One as it is told, this once, and as it is kept."""
        secret = MARK + b64encode(secrets.token_bytes(_BYTES)).decode()
        return secret, self._box.encrypt(secret.encode())

    def read(self, kept: bytes) -> str:
        """Raises SecretLost."""
        try:
            return self._box.decrypt(kept).decode()
        except InvalidToken:
            raise SecretLost("its secret cannot be read: was `web.key_file` replaced?") from None


def signed(secret: str, event: str, seconds: int, body: bytes) -> Mapping[str, str]:
    """The headers by which a receiver knows that the body is ours, whole, and of now.

    `seconds` since 1970: a receiver refuses what is older than some minutes.
    """
    text = f"{event}.{seconds}.".encode() + body
    digest = hmac.digest(b64decode(secret.removeprefix(MARK)), text, "sha256")
    return {
        "webhook-id": event,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


def verified(secret: str, headers: Mapping[str, str], body: bytes, seconds: float) -> str | None:
    """The id of a message that was signed with the secret, less than `FRESH` seconds ago or ahead;
    None for any other. `seconds` since 1970 are now."""
    event = headers.get("webhook-id", "")
    at = headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(event) or not _SECONDS.fullmatch(at) or abs(seconds - int(at)) > FRESH:
        return None
    expected = signed(secret, event, int(at), body)["webhook-signature"].encode()
    # Several while a secret is being replaced.
    given = headers.get("webhook-signature", "").encode(errors="surrogateescape").split(b" ")
    found = [hmac.compare_digest(one, expected) for one in given[:_SIGNATURES]]
    return event if any(found) else None


def leads_to(url: str, origins: Collection[str]) -> bool:
    """Whether an address is one of a configured site: nothing else is ever asked, so that nobody
    can make the desk ask what only the desk reaches.

    It is read by the same parser that the request is made with.
    """
    try:
        address = URL(url)
        allowed = {URL(origin).origin() for origin in origins}
        return (
            address.absolute
            and address.user is None
            and address.password is None
            and not address.fragment
            and address.origin() in allowed
        )
    except ValueError:
        return False
