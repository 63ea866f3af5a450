"""Files whose rows are gone: removed at once, and again by the next run if that failed."""

import asyncio

import structlog

from tickets.files import FileStore
from tickets.queries import SQL
from tickets.store import Store

log = structlog.get_logger()


async def destroy_files(store: Store, files: FileStore) -> int:
    """Every file that was noted; how many. What the disk refuses stays noted. Raises StoreAway."""
    async with store.connection() as connection:
        names = [row["name"] for row in await connection.fetch(SQL["files_to_destroy"])]
    gone = 0
    for name in names:
        try:
            await asyncio.to_thread(files.drop, name)
        except FileNotFoundError:
            # A name that is none of the store's: there is no such file.
            log.warning("file.unknown", name=name)
        except OSError as error:
            log.error(
                "file.not_destroyed", name=name, reason=str(error), remedy="it is tried again"
            )
            continue
        async with store.connection() as connection:
            await connection.execute(SQL["file_destroyed"], name)
        gone += 1
    return gone
