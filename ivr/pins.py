"""The PIN of a ticket: derived from its id under the installation's key, and stored nowhere.

So a service that takes up a call after a restart says the same PIN that its predecessor began to
say, and the database holds only a keyed hash of it.
"""

import hashlib
import hmac
from uuid import UUID

from config.pins import pin_hash

DIGITS = 4


class TicketPins:
    """Fits `ivr.conversation.Pins`."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, ticket: UUID) -> str:
        digest = hmac.new(self._key, b"pin of " + ticket.bytes, hashlib.sha256).digest()
        return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}}"

    def hashed(self, ticket: UUID) -> str:
        return pin_hash(self._key, ticket, self.of(ticket))
