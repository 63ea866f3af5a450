import pytest
from xdist.remote import Producer

from tests.side_by_side import Groups, turn


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.path))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    config.option.loadscopereorder = False  # ours is the order of the files
    return Groups(config, log)
