"""PostgreSQL is away while callers ask to be called back: they notice nothing, nothing is lost."""

import asyncio

from scripts.caller import Call
from tests.calls.callers import Caller, is_told_ticket, reaches_the_number
from tests.calls.ledger import Ledger

CALLERS = 20


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
    async with caller.rings() as call:
        await reaches_the_number(call)
        await hotline.stops_postgres()
        await call.hears("number-right", timeout=40)
        await call.presses("1")
        number, _ = await is_told_ticket(call)
    await hotline.stops_service()
    await hotline.starts_service()
    await hotline.starts_postgres()
    await hotline.until(database="up", spooled=0)

    assert (await ledger.ticket(call)).number == number
