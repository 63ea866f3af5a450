import pytest

from tests.calls.fixtures import caller, gathered, hotline, ledger
from tests.calls.lone_fixtures import lone, pbx, phone

__all__ = ["caller", "gathered", "hotline", "ledger", "lone", "pbx", "phone"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who calls within the hours first: each other time of day needs the service anew."""
    items.sort(key=lambda item: item.path.stem in ("test_closed", "test_holiday", "test_audit"))
