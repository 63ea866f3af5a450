"""Bytes as a player asks for them: one range at a time (RFC 9110, section 14)."""

import re
from urllib.parse import quote

from aiohttp import web

_ONE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


def ranged(request: web.Request, content: bytes, kind: str, **headers: str) -> web.Response:
    """All of it, or the part that is asked for: 206, and 416 for one that is not there.

    A `Range` of several parts, or none that is understood, is answered with the whole, as allowed.
    """
    headers = {"Accept-Ranges": "bytes", "Content-Type": kind} | headers
    match = _ONE.fullmatch(request.headers.get("Range", ""))
    # `If-Range` names a version, and ours have none: who asks so wants the whole.
    if match is None or not any(match.groups()) or "If-Range" in request.headers:
        return web.Response(body=content, headers=headers)
    size = len(content)
    first, last = _bounds(match[1], match[2], size)
    if first >= size or first > last:
        headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"}
        return web.Response(status=416, headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return web.Response(status=206, body=content[first : last + 1], headers=headers)


def disposition(name: str) -> str:
    """A header that saves a file under its name and never shows it (RFC 6266)."""
    plain = re.sub(r"[^ !#-\[\]-~]|[%;]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        # The last so many bytes.
        return max(size - int(last), 0) if int(last) else size, size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
