"""A ticket's moves: a compare-and-set with its history."""

import asyncio
from uuid import UUID

import pytest

from ivr.ids import new_id
from tests.store.told import Call
from tickets.desk import PostgresDesk
from tickets.errors import MoveForbidden, TicketMoved
from tickets.lifecycle import CATEGORIES, MOVES
from tickets.moves import move
from tickets.store import Connection, Store


@pytest.fixture
async def ticket(desk: PostgresDesk) -> UUID:
    call = Call()
    ticket = call.opens(1)
    await desk.apply(call.told)
    return ticket


async def history(sql: Connection) -> list[tuple[str, str, str]]:
    rows = await sql.fetch(
        "SELECT was, became, actor FROM ticket_event WHERE kind = 'moved' ORDER BY at"
    )
    return [tuple(row) for row in rows]


async def test_a_move_is_written_into_the_history(
    store: Store, sql: Connection, ticket: UUID
) -> None:
    await move(store, ticket, "baru", "verifikasi", "dewi")
    await move(store, ticket, "verifikasi", "proses", "agus")
    assert await sql.fetchval("SELECT status FROM ticket") == "proses"
    assert await history(sql) == [
        ("baru", "verifikasi", "dewi"),
        ("verifikasi", "proses", "agus"),
    ]


async def test_of_ten_who_move_it_at_once_one_succeeds(
    store: Store, sql: Connection, ticket: UUID
) -> None:
    results = await asyncio.gather(
        *(move(store, ticket, "baru", "verifikasi", f"agent{n}") for n in range(10)),
        return_exceptions=True,
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, TicketMoved) for result in results) == 9
    assert len(await history(sql)) == 1


async def test_a_forbidden_move_changes_nothing(
    store: Store, sql: Connection, ticket: UUID
) -> None:
    with pytest.raises(MoveForbidden):
        await move(store, ticket, "baru", "selesai", "dewi")
    assert await sql.fetchval("SELECT status FROM ticket") == "baru"
    assert await history(sql) == []


async def test_a_ticket_that_does_not_exist_is_not_moved(store: Store, ticket: UUID) -> None:
    with pytest.raises(TicketMoved):
        await move(store, new_id(), "baru", "verifikasi", "dewi")


async def test_a_replay_of_its_opening_does_not_take_a_ticket_back(
    desk: PostgresDesk, store: Store, sql: Connection
) -> None:
    call = Call()
    ticket = call.opens(1)
    await desk.apply(call.told)
    await move(store, ticket, "baru", "verifikasi", "dewi")
    await desk.apply(call.told)
    assert await sql.fetchval("SELECT status FROM ticket") == "verifikasi"


async def test_the_database_knows_the_statuses_and_categories_of_the_life_cycle(
    sql: Connection,
) -> None:
    checks = await sql.fetch(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint "
        "WHERE conrelid = 'ticket'::regclass AND contype = 'c'"
    )
    for column, words in (("status", MOVES.keys()), ("category", CATEGORIES)):
        text = next(row["text"] for row in checks if f"({column} = ANY" in row["text"])
        assert set(text.split("'")[1::2]) == set(words)
