"""PostgreSQL is away while callers ask to be called back: they notice nothing, nothing is lost."""

import asyncio
from datetime import timedelta
from uuid import UUID

from scripts.caller import Call
from tests.calls.callers import (
    Caller,
    agrees,
    e164,
    is_told_ticket,
    number_of,
    reaches_the_number,
)
from tests.calls.ledger import Ledger

CALLERS = 20

PLANNED = """
INSERT INTO training_session (id, title, city, starts_at, ends_at, seats, made_by, made_at)
VALUES (
    gen_random_uuid(), 'Menjahit', 'Bandung', $1, $1::timestamptz + interval '3 hours', 1, 'test',
    $1
)
RETURNING id
"""
TAKEN = """
WITH who AS (INSERT INTO person (id, met_at) VALUES (gen_random_uuid(), now()) RETURNING id)
INSERT INTO training_signup (id, session, person, channel, state, told, asked_at)
SELECT gen_random_uuid(), $1, who.id, 'desk', 'seated', 'seated', now() FROM who
"""
SIGNUP = "SELECT state, told FROM training_signup WHERE session = $1 AND phone = $2"


async def _asks_for_a_seat(
    caller: Caller, ledger: Ledger, ready: asyncio.Barrier, away: asyncio.Event
) -> tuple[Call, UUID]:
    """Is offered the one seat of a training, which somebody else gets just before."""
    [(training,)] = await ledger.fetch(PLANNED, caller.hotline.now() + timedelta(days=7))
    async with caller.rings() as call:
        await agrees(call)
        await call.presses("4")
        await call.hears("training-menu")
        await call.presses("1")
        await call.hears("city-bandung", "training-sign-up", timeout=25)
        await ledger.fetch(TAKEN, training)
        await ready.wait()
        await away.wait()
        await call.presses("1")
        await call.hears("training-kept", "city-bandung", "training-tell", timeout=40)
        return call, training


async def test_twenty_requests_while_the_database_is_away_are_twenty_tickets(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    await hotline.serves()
    ready = asyncio.Barrier(CALLERS + 1)
    away = asyncio.Event()

    async def asks() -> tuple[Call, str]:
        async with caller.rings() as call:
            await reaches_the_number(call)
            await ready.wait()
            await away.wait()
            await call.hears("number-right", timeout=40)
            await call.presses("1")
            number, _pin = await is_told_ticket(call)
            return call, number

    async with asyncio.TaskGroup() as callers:
        asking = [callers.create_task(asks()) for _ in range(CALLERS)]
        await ready.wait()
        await hotline.stops_postgres()
        away.set()
    told = dict(task.result() for task in asking)
    assert (await hotline.report())["spooled"] > 0

    await hotline.starts_postgres()
    await hotline.until(database="up", spooled=0)

    tickets = await ledger.tickets(*told)
    assert sorted(ticket.number for ticket in tickets) == sorted(told.values())
    assert len({ticket.phone for ticket in tickets}) == CALLERS
    assert {ticket.reason for ticket in tickets} == {"request"}
    assert await ledger.fetch("SELECT reason FROM fact_refused") == []


async def test_a_restart_while_the_database_is_away_loses_nothing(
    caller: Caller, ledger: Ledger
) -> None:
    hotline = caller.hotline
    await hotline.serves()
    ready, away = asyncio.Barrier(2), asyncio.Event()
    async with asyncio.TaskGroup() as callers:
        trainee = callers.create_task(_asks_for_a_seat(caller, ledger, ready, away))
        async with caller.rings() as call:
            await reaches_the_number(call)
            await ready.wait()
            await hotline.stops_postgres()
            away.set()
            await call.hears("number-right", timeout=40)
            await call.presses("1")
            number, _ = await is_told_ticket(call)
    await hotline.stops_service()
    await hotline.starts_service()
    await hotline.starts_postgres()
    await hotline.until(database="up", spooled=0)

    assert (await ledger.ticket(call)).number == number
    # Who was promised no seat has none that is somebody else's, and is owed the word.
    trained, training = trainee.result()
    rows = await ledger.fetch(SIGNUP, training, e164(number_of(trained)))
    assert [tuple(row) for row in rows] == [("waiting", None)]
