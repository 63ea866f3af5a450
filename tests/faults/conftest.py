from collections.abc import Iterator

import pytest

from tests.calls.fixtures import caller, gathered, hotline, ledger

__all__ = ["caller", "gathered", "hotline", "ledger"]


@pytest.fixture(autouse=True)
def _database_is_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails while PostgreSQL is away takes no other with it."""
    yield
    if "hotline" in request.fixturenames:
        installation = request.getfixturevalue("hotline").installation
        if "postgres" not in installation.pids:
            installation.start_postgres()
