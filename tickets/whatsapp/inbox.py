"""What WhatsApp posts, kept before it is understood, then sorted into messages and statuses.

Kept: one row a request, after which it is answered. Sorted: by one at a time, in the order of
arrival, each message once by its id, whoever sends it how often.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from tickets.queries import SQL
from tickets.store import Connection, Store
from tickets.whatsapp.accounts import accounts_of
from tickets.whatsapp.commands import command_of
from tickets.whatsapp.wire import Incoming, Sender, Status, Unreadable, read

log = structlog.get_logger()

MOST = 200
"""Requests that are sorted in one transaction."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Every method raises StoreAway."""

    store: Store
    number_id: str
    """WhatsApp's id of our number: what is meant for another is not ours."""
    clock: Callable[[], datetime]

    async def keep(self, body: bytes) -> None:
        """Once it returns, the request is never lost."""
        digest = hashlib.sha256(body).digest()
        async with self.store.connection() as connection:
            await connection.execute(SQL["keep_whatsapp_webhook"], digest, body)

    async def sort(self) -> int:
        """Sort what has come; how many requests. None while somebody else is sorting."""
        async with self.store.connection() as connection, connection.transaction():
            if not await connection.fetchval(SQL["only_sorter"]):
                return 0
            rows = await connection.fetch(SQL["unsorted_whatsapp"], MOST)
            if not rows:
                return 0
            messages: list[Incoming] = []
            statuses: list[Status] = []
            told = [self._read(row, messages, statuses) for row in rows]
            await _write_messages(connection, messages, self.clock())
            await _write_statuses(connection, statuses)
            seqs = [row["seq"] for row in rows]
            await connection.execute(SQL["whatsapp_sorted"], seqs, told)
        return len(rows)

    def _read(
        self, row: Mapping[str, Any], messages: list[Incoming], statuses: list[Status]
    ) -> str:
        """What was wrong with it; empty when nothing was."""
        try:
            delivery = read(row["body"], self.number_id, self.clock())
        except Unreadable as error:
            log.warning("whatsapp.unreadable", seq=row["seq"], reason=str(error))
            return str(error)
        messages += delivery.messages
        statuses += delivery.statuses
        if delivery.problems:
            log.warning("whatsapp.unreadable", seq=row["seq"], reason=delivery.problems[0])
        return "; ".join(delivery.problems)[:1000]


async def _write_messages(
    connection: Connection, messages: Sequence[Incoming], now: datetime
) -> None:
    if not messages:
        return
    senders = _newest({one.sender: one for one in messages})
    accounts = await accounts_of(connection, senders, now)
    rows = [_row(one, accounts[one.sender]) for one in messages]
    await connection.execute(SQL["add_whatsapp_messages"], *map(list, zip(*rows, strict=True)))
    wrote: dict[UUID, datetime] = {}
    for one in messages:
        account = accounts[one.sender]
        wrote[account] = max(one.at, wrote.get(account, one.at))
    await connection.execute(SQL["whatsapp_users_wrote"], list(wrote), list(wrote.values()))


def _newest(found: Mapping[Sender, Incoming]) -> Sequence[Sender]:
    """Each once, in an order that two who sort by turns would share."""
    return sorted(found, key=lambda sender: (sender.key, sender.phone or "", sender.name))


def _row(one: Incoming, account: UUID) -> tuple[Any, ...]:
    content = dict(one.content)
    if command := command_of(one.kind, one.text):
        content["command"] = command
    return (
        account,
        one.wamid,
        one.kind,
        one.text,
        json.dumps(content),
        one.reply_to,
        one.at,
        one.media,
        one.media_name,
    )


async def _write_statuses(connection: Connection, statuses: Sequence[Status]) -> None:
    if not statuses:
        return
    rows = [
        (one.wamid, one.status, one.at, one.message, one.error_code, one.error) for one in statuses
    ]
    await connection.execute(SQL["add_whatsapp_statuses"], *map(list, zip(*rows, strict=True)))
