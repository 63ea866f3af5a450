"""Where WhatsApp keeps what people send: the media of the Graph API."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


class Graph:
    """The Graph API's media: files by id, each with what is said of it."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self.links = 0
        self.sent = 0
        self.expired: set[str] = set()

    def has(self, id_: str, content: bytes, **told: Any) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.files[id_] = (content, {"sha256": digest, "file_size": len(content)} | told)
        return id_

    async def describe(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer the token"
        found = self.files.get(request.match_info["id"])
        if found is None:
            return web.json_response({"error": {"code": 100}}, status=400)
        self.links += 1
        url = str(request.url.with_path(f"/file/{request.match_info['id']}/{self.links}"))
        return web.json_response({"url": url} | found[1])

    async def file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["link"] in self.expired:
            return web.Response(status=404)
        content, told = self.files[request.match_info["id"]]
        response = web.StreamResponse()
        if not told.get("endless"):
            response.content_length = len(content)
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                self.sent += len(content)
                await response.write(content)
                if not told.get("endless"):
                    break
        return response

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/v24.0/{id}", self.describe)
        app.router.add_get("/file/{id}/{link}", self.file)
        server = TestServer(app)
        await server.start_server()
        yield str(server.make_url("/v24.0"))
        await server.close()
