"""One round of work that goes on for ever in the desk: nothing that happens in it ends it."""

from collections.abc import Awaitable, Callable

import structlog

from tickets.errors import StoreAway

log = structlog.get_logger()


async def went_on(subject: str, once: Callable[[], Awaitable[object]]) -> bool:
    """Whether a round found something to do; after one that failed there is nothing more for now.

    What keeps it is logged under its `subject`: `SUBJECT.away`, `SUBJECT.failed`.
    """
    try:
        return bool(await once())
    except StoreAway as error:
        log.info(f"{subject}.away", reason=str(error))
    except Exception:
        log.exception(f"{subject}.failed")
    return False
