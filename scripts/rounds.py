"""Work that goes on for as long as the service runs, whatever happens in it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

AGAIN = 1.0
"""Seconds until what failed begins anew."""

Work = Callable[[], Awaitable[None]]


async def for_ever(work: Work) -> None:
    """Work that is not meant to end. Its errors are logged, and it begins anew."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("service.work_failed", work=repr(work))
        await asyncio.sleep(AGAIN)


async def every(seconds: float, work: Work) -> None:
    """Do the work now and then; an error in it is logged, and it goes on."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("service.work_failed", work=repr(work))
        await asyncio.sleep(seconds)
