"""What the tests of calls share, and the books that are closed after them."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.calls import hotline as running
from tests.calls.fixtures import caller, gathered, ledger, queue, team
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.lone_fixtures import lone, pbx, phone

__all__ = ["caller", "gathered", "hotline", "ledger", "lone", "pbx", "phone", "queue", "team"]


@pytest.fixture(scope="package")
async def hotline(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hotline]:
    """Each process of a run has its own: every call of each must have its one row at the end."""
    hotline = running.start(tmp_path_factory.mktemp("hotline"))
    with hotline.installation:
        yield hotline
        await _balances(hotline)


async def _balances(hotline: Hotline) -> None:
    if "service" not in hotline.installation.pids:
        await hotline.serves()
    async with asyncpg.create_pool(hotline.installation.database_url(), min_size=0) as pool:
        await Ledger(pool).all_ended()
    found = await hotline.audit()
    assert found["one_to_one"], found
