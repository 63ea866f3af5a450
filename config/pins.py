"""What is kept of a ticket's PIN, made alike on the phone side and on the ticket side.

Four digits have 10,000 values: no slow hash protects them from whoever holds the database, a key
that is not in the database does. docs/decisions/0003-ticket-numbers-and-pins.md tells more.
"""

import hashlib
import hmac
from uuid import UUID


def pin_hash(key: bytes, ticket: UUID, pin: str) -> str:
    """HMAC-SHA-256 of ticket and PIN in hex, under the installation's key (`secrets/pin.key`)."""
    return hmac.new(key, ticket.bytes + pin.encode(), hashlib.sha256).hexdigest()


def same_pin(kept: str, given: str) -> bool:
    """Whether two hashes are the same, in a time that does not depend on where they differ."""
    return hmac.compare_digest(kept, given)
