"""What the tests of calls and of faults share."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from scripts.caller import Dialled, Phone
from scripts.embedded.addresses import NUMBER
from tests.calls import hotline as running
from tests.calls.callers import Caller
from tests.calls.crowd import Crowd, Gathering
from tests.calls.hotline import Hotline
from tests.calls.ledger import Ledger
from tests.calls.queueing import Queueing
from tests.calls.team import Team


@pytest.fixture(scope="package")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    hotline = running.start(tmp_path_factory.mktemp("hotline"))
    with hotline.installation:
        yield hotline


@pytest.fixture(scope="package")
async def caller(hotline: Hotline) -> AsyncIterator[Caller]:
    installation = hotline.installation
    line = Dialled(NUMBER, "127.0.0.1", installation.ports.sip)
    async with Phone(line, installation.sounds, installation.state.folder / "heard") as phone:
        yield Caller(phone, hotline)


@pytest.fixture(scope="package")
async def ledger(hotline: Hotline) -> AsyncIterator[Ledger]:
    async with asyncpg.create_pool(
        hotline.installation.database_url(), min_size=0, max_size=4
    ) as pool:
        yield Ledger(pool)


@pytest.fixture(scope="package")
async def gathered(
    request: pytest.FixtureRequest, caller: Caller, ledger: Ledger
) -> AsyncIterator[Gathering]:
    """The crowds of all modules that are run."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    members = [
        (crowd, crowd.members[item.originalname])
        for item in items
        if isinstance(crowd := getattr(item.module, "crowd", None), Crowd)
        and item.originalname in crowd.members
    ]
    crowds = {id(crowd): crowd for crowd, _ in members}
    gathering = Gathering(list(crowds.values()), {test for _, test in members}, caller, ledger)
    yield gathering
    await gathering.disperses()


@pytest.fixture
async def queue(the_queue: Queueing) -> AsyncIterator[Queueing]:
    """Its module's `the_queue`, in which nobody is left when a test is over."""
    yield the_queue
    await the_queue.clears()


@pytest.fixture
async def team(the_team: Team) -> AsyncIterator[Team]:
    """Its module's `the_team`, which has gone home when a test is over."""
    yield the_team
    await the_team.clear()
