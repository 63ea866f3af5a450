"""What institutions answer themselves: known by their signature alone."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tickets.errors import TicketError
from tickets.handover_answers import Said, take_answer
from tickets.queries import SQL
from tickets.store import Store
from tickets.webhook_wire import SecretLost, Secrets, verified


class NotSigned(TicketError):
    """It is signed by nobody that it could come from, or not now."""


@dataclass(frozen=True, slots=True)
class HandoverInbox:
    """Every method raises StoreAway."""

    store: Store
    secrets: Secrets
    clock: Callable[[], datetime]
    wall: Callable[[], float] = time.time
    """Seconds since 1970, as the world counts them."""

    async def known(self, partner: UUID, headers: Mapping[str, str], raw: bytes) -> str:
        """The message's id. Raises NotSigned, also for an institution that is not there."""
        async with self.store.connection() as connection:
            row = await connection.fetchrow(SQL["partner_by_id"], partner)
        if row is not None:
            try:
                secret = self.secrets.read(row["secret"])
            except SecretLost:
                raise NotSigned("its secret is lost: it needs a new one") from None
            message = verified(secret, headers, raw, self.wall())
            if message is not None:
                return message
        raise NotSigned("the signature is not this institution's, or not of now")

    async def take(self, partner: UUID, message: str, handover: UUID, said: Said) -> None:
        """What it says of a hand-over of its own, once. Raises HandoverUnknown, HandoverOver."""
        async with self.store.connection() as connection, connection.transaction():
            row = await connection.fetchrow(SQL["partner_by_id"], partner)
            if row is None:
                raise NotSigned("there is no such institution")
            await take_answer(
                connection,
                handover,
                said,
                by=row["name"],
                at=self.clock(),
                id_=uuid4(),
                partner=partner,
                message=message,
            )
