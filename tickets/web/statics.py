"""Styles, scripts and pictures of the pages: in memory, under an address that names their content.

All are under one prefix, so that a module finds its neighbours by relative addresses, and a new
version is never mixed with what a browser has kept of the old one.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

from tickets.web.guard import STATIC

FOLDER = Path(__file__).with_name("static")
KEPT = "public, max-age=31536000, immutable"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_SMALLEST = 1024
"""Bytes from which it pays to compress."""


@dataclass(frozen=True, slots=True)
class File:
    kind: str
    body: bytes
    packed: bytes | None
    etag: str


@dataclass(frozen=True, slots=True)
class Statics:
    files: Mapping[str, File]
    digest: str

    def address(self, path: str) -> str:
        """Raises KeyError for a file that is not there: a mistake of ours."""
        if path not in self.files:
            raise KeyError(path)
        return f"{STATIC}{self.digest}/{path}"

    async def serve(self, request: web.Request) -> web.Response:
        """Under the name of another version it is today's, and not kept."""
        file = self.files.get(request.match_info["path"])
        if file is None:
            raise web.HTTPNotFound
        current = request.match_info["digest"] == self.digest
        headers = {
            "Cache-Control": KEPT if current else "no-cache",
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers=headers)
        body = file.body
        if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = file.packed
        return web.Response(body=body, headers=headers | {"Content-Type": file.kind})


@cache
def statics() -> Statics:
    """Everything in the folder `static`, read once."""
    files, whole = {}, hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix not in _KINDS:
            continue
        name, body = path.relative_to(FOLDER).as_posix(), path.read_bytes()
        digest = hashlib.sha256(body).hexdigest()
        whole.update(f"{name} {digest}\n".encode())
        packed = gzip.compress(body, mtime=0) if len(body) >= _SMALLEST else None
        files[name] = File(
            f"{_KINDS[path.suffix]}; charset=utf-8", body, packed, f'"{digest[:32]}"'
        )
    return Statics(files, whole.hexdigest()[:16])
