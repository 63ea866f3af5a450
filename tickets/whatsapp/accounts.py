"""Whose account a message came from: by WhatsApp's name for it, by its number, or somebody new."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog

from config.phones import masked
from tickets.queries import SQL
from tickets.store import Connection
from tickets.whatsapp.wire import Sender

log = structlog.get_logger()


class _Book:
    """The accounts of one batch, as they are in the transaction."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.by_bsuid = {row["bsuid"]: dict(row) for row in rows if row["bsuid"]}
        self.by_phone = {row["phone"]: dict(row) for row in rows if row["phone"]}

    def put(self, row: dict[str, Any]) -> None:
        if row["bsuid"]:
            self.by_bsuid[row["bsuid"]] = row
        if row["phone"]:
            self.by_phone[row["phone"]] = row


async def accounts_of(
    connection: Connection, senders: Sequence[Sender], now: datetime
) -> Mapping[Sender, UUID]:
    """Each sender's account; made where there is none, mended where more is known now.

    In the caller's transaction, and by one caller at a time.
    """
    phones = sorted({one.phone for one in senders if one.phone})
    bsuids = sorted({one.bsuid for one in senders if one.bsuid})
    if phones:
        await connection.execute(SQL["meet_phones"], phones, now)
        # Two people may be merged at this moment.
        await connection.execute(SQL["hold_phones"], phones)
    book = _Book(await connection.fetch(SQL["whatsapp_users_of"], bsuids, phones))
    return {one: await _account(connection, book, one, now) for one in senders}


async def _account(connection: Connection, book: _Book, sender: Sender, now: datetime) -> UUID:
    named = book.by_bsuid.get(sender.bsuid) if sender.bsuid else None
    numbered = book.by_phone.get(sender.phone) if sender.phone else None
    if numbered and sender.bsuid and numbered["bsuid"] != sender.bsuid:
        if named and numbered["bsuid"] is None and named["phone"] is None:
            # So far it was only written to: the two rows are one account.
            await _join(connection, book, numbered, named)
        elif numbered["bsuid"] is not None and not (named and named["phone"]):
            # The number has another account than before: it was sold on, or begun anew.
            await _part(connection, book, numbered)
        numbered = book.by_phone.get(sender.phone or "")
        if named is None and numbered and numbered["bsuid"] is None:
            named = numbered
    row = named or (None if sender.bsuid else numbered)
    if row is None:
        return await _meet(connection, book, sender, now)
    await _learn(connection, book, row, sender)
    account: UUID = row["id"]
    return account


async def _meet(connection: Connection, book: _Book, sender: Sender, now: datetime) -> UUID:
    account, stranger = uuid4(), uuid4()
    row = {"id": account, "bsuid": sender.bsuid, "phone": sender.phone, "name": sender.name}
    given = (account, stranger, sender.bsuid, sender.phone, now, sender.name)
    await connection.execute(SQL["meet_whatsapp_user"], *given)
    book.put(row | {"person": None if sender.phone else stranger})
    return account


async def _learn(connection: Connection, book: _Book, row: dict[str, Any], sender: Sender) -> None:
    free = sender.phone if sender.phone not in book.by_phone else None
    more = {
        "bsuid": row["bsuid"] or sender.bsuid,
        "phone": row["phone"] or free,
        "name": sender.name or row["name"],
    }
    if all(row[name] == value for name, value in more.items()):
        return
    given = (row["id"], more["bsuid"], more["phone"], sender.name)
    await connection.execute(SQL["know_whatsapp_user"], *given)
    if not row["phone"] and free:
        await connection.execute(SQL["rehome_whatsapp_user"], row["id"], row["person"], free)
    row |= more
    book.put(row)


async def _join(
    connection: Connection, book: _Book, gone: dict[str, Any], kept: dict[str, Any]
) -> None:
    await connection.execute(SQL["join_whatsapp_users"], gone["id"], kept["id"])
    await connection.execute(SQL["drop_whatsapp_user"], gone["id"])
    del book.by_phone[gone["phone"]]


async def _part(connection: Connection, book: _Book, row: dict[str, Any]) -> None:
    """The old account keeps what it wrote, without the number."""
    await connection.execute(SQL["part_whatsapp_number"], row["id"])
    log.info("whatsapp.number_moved", phone=masked(row["phone"]))
    del book.by_phone[row["phone"]]
    row["phone"] = None
