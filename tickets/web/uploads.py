"""Files that are sent: read piece by piece, and refused as soon as they are too large or slow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import BodyPartReader, MultipartReader, web

from tickets.web.desk import OPTIONS
from tickets.web.problems import Problem

BYTES = "application/octet-stream"
MULTIPART = "multipart/form-data"
_LARGEST_TEXT = 64 * 1024
_MOST_PARTS = 20
_PIECE = 64 * 1024
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as its sender calls it."""

    name: str
    content: bytes


async def file_of(request: web.Request) -> bytes:
    """A body that is a file. Raises Problem."""
    if request.content_type != BYTES:
        # A form of another site can be sent without its browser's asking us, this cannot.
        raise Problem(415, "not-a-file", f"say Content-Type: {BYTES}")
    most = request.app[OPTIONS].largest_file
    if (request.content_length or 0) > most:
        raise _too_large()
    pieces = request.content.iter_chunked(_PIECE)
    return await _in_time(request, lambda: _joined(pieces, most))


async def parts_of(request: web.Request) -> tuple[list[tuple[str, str]], Upload | None]:
    """The texts of a form, and its one file if one was chosen. Raises Problem."""
    return await _in_time(request, lambda: _parts(request))


async def _parts(request: web.Request) -> tuple[list[tuple[str, str]], Upload | None]:
    texts: list[tuple[str, str]] = []
    upload: Upload | None = None
    try:
        reader = await request.multipart()
        for _ in range(_MOST_PARTS):
            part = await reader.next()
            if part is None:
                return texts, upload
            if isinstance(part, MultipartReader) or part.name is None:
                break
            if part.filename is None:
                content = await _joined(_pieces(part), _LARGEST_TEXT)
                texts.append((part.name, content.decode("utf-8")))
            else:
                content = await _joined(_pieces(part), request.app[OPTIONS].largest_file)
                # A browser sends an empty one where none was chosen.
                if part.filename or content:
                    upload = Upload(part.filename, content)
    except ValueError:
        pass
    raise Problem(422, "unacceptable", "the form cannot be read")


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(_PIECE):
        yield piece


async def _joined(pieces: AsyncIterator[bytes], most: int) -> bytes:
    whole = bytearray()
    async for piece in pieces:
        whole += piece
        if len(whole) > most:
            raise _too_large()
    return bytes(whole)


async def _in_time(request: web.Request, read: Callable[[], Awaitable[ResultT]]) -> ResultT:
    try:
        async with asyncio.timeout(request.app[OPTIONS].file_seconds):
            return await read()
    except TimeoutError:
        raise Problem(408, "too-slow", "the file did not come in time") from None


def _too_large() -> Problem:
    # What was not read of it must not be taken for the next request.
    return Problem(413, "too-large", "the file is too large", headers={"Connection": "close"})
