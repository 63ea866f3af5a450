"""Producers out of a file: looked at first, row by row, and then taken over, what is good of it."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from config.goods import goods
from config.regions import regions
from tickets.cases.attachments import LARGEST
from tickets.cases.producers import row_of
from tickets.errors import TicketError, Unacceptable
from tickets.looks import note_look
from tickets.producers import tables, written
from tickets.producers.given import Given, Wrong
from tickets.queries import SQL
from tickets.rights import Actor, Right
from tickets.store import Connection, Store

KEPT = timedelta(days=1)
AT_ONCE = 500
"""Rows that are written in one transaction."""
SHOWN = 200
"""Mistakes and notices that a preview lists; all are counted."""
EXAMPLES = 20


class ImportUnknown(TicketError):
    """The actor has uploaded no such file, or it was dropped after a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWrong:
    """A mistake in a file."""

    row: int
    """As a spreadsheet numbers it."""
    nib: str
    field: str
    code: str
    """Which of the words `producer_wrong` says it."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row as it was understood."""

    row: int
    nib: str
    name: str
    city: str
    products: list[str]
    kinds: list[str]
    known: bool
    """A producer that is there is brought up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What importing a file would do."""

    id: UUID
    name: str
    at: datetime
    encoding: str
    columns: list[str]
    """Fields that the file has; those that it lacks stay as they are."""
    unknown_columns: list[str]
    rows: int
    new: int
    known: int
    bad: int
    """Rows that are left out."""
    cut_at: int
    """The row where the file breaks off, 0 where it is whole."""
    wrongs: list[RowWrong]
    notices: list[RowWrong]
    """What is taken as it is, though nobody knows the city or the kind of goods."""
    examples: list[Example]
    applied_at: datetime | None
    added: int | None
    changed: int | None


@dataclass(frozen=True, slots=True)
class _Read:
    table: tables.Table
    columns: list[str]
    unknown: list[str]
    good: list[tuple[int, Given]]
    bad: int
    wrongs: list[RowWrong]
    notices: list[RowWrong]


@dataclass(frozen=True, slots=True)
class ProducerImports:
    """Every method raises NotAllowed and StoreAway."""

    store: Store
    clock: Callable[[], datetime]

    async def upload(self, actor: Actor, name: str, content: bytes) -> Preview:
        """Look at a file; it is kept for a day. Raises Unacceptable for what is no table."""
        actor.need(Right.PRODUCERS_CHANGE)
        if not content or len(content) > LARGEST:
            raise Unacceptable(f"a file has 1 to {LARGEST} bytes", "/file")
        # Before it is kept: what cannot be read is refused at once.
        read = await _apart(lambda: _read(tables.read(content)))
        packed = await asyncio.to_thread(read.table.packed)
        now = self.clock()
        async with self.store.connection() as connection:
            await connection.execute(SQL["drop_old_imports"], now - KEPT)
            given = (actor.login, name[:200], packed, now)
            kept = await connection.fetchval(SQL["keep_import"], *given)
            row = await connection.fetchrow(SQL["read_import"], kept, actor.login)
            return await _preview(connection, row, read)

    async def preview(self, actor: Actor, id: UUID) -> Preview:  # noqa: A002
        """Of a file that the actor uploaded. Raises ImportUnknown."""
        actor.need(Right.PRODUCERS_CHANGE)
        kept = await self._kept(actor, id)
        read = await _again(kept["content"]) if kept["content"] is not None else None
        async with self.store.connection() as connection:
            return await _preview(connection, kept, read)

    async def apply(self, actor: Actor, id: UUID) -> Preview:  # noqa: A002
        """Take over every good row. Some hundred rows at a time: where that is interrupted, doing
        it again goes on, for a row that is known already changes nothing. Raises ImportUnknown."""
        actor.need(Right.PRODUCERS_CHANGE)
        kept = await self._kept(actor, id)
        if kept["content"] is not None:
            read = await _again(kept["content"])
            added, changed = await self._write(actor, kept["name"], read)
            async with self.store.connection() as connection, connection.transaction():
                await connection.execute(SQL["end_import"], id, self.clock(), added, changed)
                await note_look(connection, actor, "producer.imported", kept["name"])
        return await self.preview(actor, id)

    async def _kept(self, actor: Actor, id: UUID) -> Mapping[str, Any]:  # noqa: A002
        async with self.store.connection() as connection:
            row: Mapping[str, Any] | None = await connection.fetchrow(
                SQL["read_import"], id, actor.login
            )
        if row is None or (row["content"] is None and row["applied_at"] is None):
            raise ImportUnknown(f"there is no file {id} that waits")
        return row

    async def _write(self, actor: Actor, file: str, read: _Read) -> tuple[int, int]:
        added = changed = 0
        for some in _batched(read.good, AT_ONCE):
            rows = [row_of(given) | {"note": f"{file}: {row}"} for row, given in some]
            # Waiting for the database, the desk answers others.
            async with self.store.connection() as connection:
                found = await connection.fetchrow(
                    SQL["import_producers"], json.dumps(rows), read.columns, actor.login
                )
            added, changed = added + found["added"], changed + found["changed"]
        return added, changed


_OVER: dict[str, Any] = {
    **{"encoding": "", "rows": 0, "new": 0, "known": 0, "bad": 0, "cut_at": 0},
    **{"columns": [], "unknown_columns": [], "wrongs": [], "notices": [], "examples": []},
}


async def _preview(connection: Connection, kept: Mapping[str, Any], read: _Read | None) -> Preview:
    values = {name: value for name, value in kept.items() if name != "content"}
    if read is None:
        return Preview(**values, **_OVER)
    nibs = [given.nib for _, given in read.good]
    known = {row["nib"] for row in await connection.fetch(SQL["known_producers"], nibs)}
    return Preview(
        **values,
        encoding=read.table.encoding,
        columns=read.columns,
        unknown_columns=read.unknown,
        rows=len(read.table.rows),
        new=len(read.good) - len(known),
        known=len(known),
        bad=read.bad,
        cut_at=read.table.cut_at,
        wrongs=read.wrongs[:SHOWN],
        notices=read.notices[:SHOWN],
        examples=[_example(row, given, known) for row, given in read.good[:EXAMPLES]],
    )


async def _again(packed: bytes) -> _Read:
    return await _apart(lambda: _read(tables.unpacked(packed)))


async def _apart(read: Callable[[], _Read]) -> _Read:
    """In a thread, for it takes a while. Raises Unacceptable."""
    try:
        return await asyncio.to_thread(read)
    except tables.Unreadable as error:
        raise Unacceptable(f"{error.why}: {error}", f"/file/{error.why}") from None


def _read(table: tables.Table) -> _Read:
    fields = [written.field_of(head) for head in table.heads]
    missing = [name for name in written.NEEDED if name not in fields]
    if missing:
        raise tables.Unreadable("columns")
    told = [field for field in fields if field]
    if len(told) != len(set(told)):
        raise tables.Unreadable("twice")
    unknown = [head for head, field in zip(table.heads, fields, strict=True) if not field]
    read = _Read(table, told, [head[:60] for head in unknown if head.strip()], [], 0, [], [])
    bad, first = 0, dict[str, int]()
    for row, cells in table.rows:
        given, wrongs = _row(fields, cells)
        if given is not None and given.nib in first:
            wrongs, given = [Wrong("nib", "duplicate", str(first[given.nib]))], None
        nib = cells[fields.index("nib")][:30] if fields.index("nib") < len(cells) else ""
        read.wrongs.extend(_placed(row, nib, wrongs))
        if given is None:
            bad += 1
            continue
        first[given.nib] = row
        read.good.append((row, given))
        read.notices.extend(_placed(row, nib, _unknown(given)))
    return _Read(table, told, read.unknown, read.good, bad, read.wrongs, read.notices)


def _row(fields: Sequence[str | None], cells: Sequence[str]) -> tuple[Given | None, list[Wrong]]:
    if len(cells) != len(fields) and any(cell.strip() for cell in cells[len(fields) :]):
        return None, [Wrong("row", "long", str(len(cells)))]
    if len(cells) < len(fields):
        return None, [Wrong("row", "short", str(len(cells)))]
    return written.read({field: cell for field, cell in zip(fields, cells, strict=False) if field})


def _unknown(given: Given) -> Iterator[Wrong]:
    if regions().city(given.city) is None:
        yield Wrong("city", "city_unknown", given.city[:40])
    if not goods().meant("; ".join(given.products)):
        yield Wrong("products", "kind_unknown", given.products[0][:40])


def _placed(row: int, nib: str, wrongs: Sequence[Wrong] | Iterator[Wrong]) -> Iterator[RowWrong]:
    for one in wrongs:
        yield RowWrong(row=row, nib=nib, field=one.field, code=one.code, value=one.value)


def _example(row: int, given: Given, known: set[str]) -> Example:
    as_row = row_of(given)
    return Example(
        row=row,
        nib=given.nib,
        name=given.name,
        city=as_row["city"],
        products=as_row["products"],
        kinds=as_row["kinds"],
        known=given.nib in known,
    )


def _batched(rows: Sequence[tuple[int, Given]], most: int) -> Iterator[list[tuple[int, Given]]]:
    left = iter(rows)
    while some := list(islice(left, most)):
        yield some
