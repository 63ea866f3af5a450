"""PostgreSQL is away from the start, or will not have us: callers notice nothing."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import pytest

from scripts.embedded.state import write_private
from tests.calls.callers import Caller, e164
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.faults import quick_line
from tests.faults.logbook import Logbook

NEWER = 9999


@dataclass(frozen=True)
class Trouble:
    """What is wrong with the database, how it is mended, and what the log advises."""

    name: str
    begins: Callable[[Hotline], Awaitable[None]]
    is_mended: Callable[[Hotline], Awaitable[None]]
    advice: str
    phone: str


async def _absent(hotline: Hotline) -> None:
    await hotline.stops_postgres()


async def _there_again(hotline: Hotline) -> None:
    await hotline.starts_postgres()


async def _newer(hotline: Hotline) -> None:
    await _tells(hotline, "INSERT INTO schema_migration VALUES ($1, 'tomorrow')", NEWER)


async def _restored(hotline: Hotline) -> None:
    await _tells(hotline, "DELETE FROM schema_migration WHERE version = $1", NEWER)


async def _tells(hotline: Hotline, statement: str, *values: object) -> None:
    database = await asyncpg.connect(hotline.installation.database_url())
    await database.execute(statement, *values)
    await database.close()


async def _wrong_password(hotline: Hotline) -> None:
    url = hotline.installation.database_url()
    wrong = url.replace(hotline.installation.state.secret("postgres"), "not-this-one")
    write_private(hotline.installation.state.folder / "secrets/database", wrong)


async def _right_password(hotline: Hotline) -> None:
    """The address is read at the start."""
    url = hotline.installation.database_url()
    write_private(hotline.installation.state.folder / "secrets/database", url)
    await hotline.stops_service()
    await hotline.starts_service()


TROUBLES = [
    Trouble("absent", _absent, _there_again, "see whether PostgreSQL runs there", "081266600001"),
    Trouble(
        "password", _wrong_password, _right_password, "check user and password", "081266600002"
    ),
    Trouble("newer", _newer, _restored, "install the newer release again", "081266600003"),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
async def test_the_line_starts_says_what_to_do_and_keeps_every_promise(
    caller: Caller, ledger: Ledger, trouble: Trouble
) -> None:
    hotline = caller.hotline
    await quick_line.serves(hotline)
    await hotline.stops_service(signal.SIGKILL)
    await trouble.begins(hotline)
    try:
        log = Logbook(hotline)
        await hotline.starts_service()
        away = await log.tells("desk.away")
        assert trouble.advice in away["reason"]
        assert hotline.installation.state.secret("postgres") not in log.text()
        async with caller.rings(number=trouble.phone) as call:
            await call.hears("main-menu")
            await call.presses("1")
            await call.hears("number-we-call")
            await call.presses("1")
            await call.hears("promise-soon", "ticket-number")
        await log.tells("call.ended", outcome="promise")
        report = await hotline.report()
        assert report["spooled"] > 0
        assert report["database"] == "away"
    finally:
        await trouble.is_mended(hotline)

    await hotline.until(spooled=0, database="up")
    ticket = await ledger.ticket(call)
    assert (ticket.phone, ticket.reason) == (e164(trouble.phone), "request")
    assert (await ledger.row(call)).outcome == "promise"
