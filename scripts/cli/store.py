"""The database for the length of a command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.settings import Settings
from tickets.store import Store


@asynccontextmanager
async def store(settings: Settings) -> AsyncIterator[Store]:
    """The installation's store; raises `StoreAway` when it is used and cannot be reached."""
    opened = Store(settings.database_url().get_secret_value(), connections=1)
    try:
        yield opened
    finally:
        await opened.close()
