"""The part of the Graph API that the hotline speaks to."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from scripts.whatsapp_imitation.imitation import Imitation
from scripts.whatsapp_imitation.refusals import Refusal

VERSION = r"/{version:v\d+\.\d+}"


class Graph:
    def __init__(self, imitation: Imitation) -> None:
        self._of = imitation

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(VERSION + "/{number}/messages", self._guarded(self._messages)),
            web.get(VERSION + r"/{media:\d+}", self._guarded(self._describe)),
            web.get("/whatsapp_business/attachments/{link}", self._guarded(self._download)),
        ]

    async def _messages(self, request: web.Request) -> web.Response:
        if request.match_info["number"] != self._of.sender.phone_number_id:
            raise Refusal(33, "the phone number id is another's")
        try:
            body: Any = await request.json()
        except ValueError:
            raise Refusal(100, "the body is no JSON") from None
        if not isinstance(body, dict):
            raise Refusal(100, "the body is no object")
        if body.get("status") == "read":
            return web.json_response({"success": True})
        if self._of.faults.takes("away"):
            return web.Response(status=503, text="<html>Service Unavailable</html>")
        answer = await self._of.take(body)
        if self._of.faults.takes("cut"):
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(answer)

    async def _describe(self, request: web.Request) -> web.Response:
        return web.json_response(self._of.describe(request.match_info["media"]))

    async def _download(self, request: web.Request) -> web.Response:
        file = self._of.fetch(request.match_info["link"])
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mime_type)

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def guarded(request: web.Request) -> web.Response:
            try:
                if request.headers.get("Authorization") != f"Bearer {self._of.token}":
                    raise Refusal(190, "the token is not valid")
                return await handler(request)
            except Refusal as refusal:
                return web.Response(
                    status=refusal.status,
                    text=json.dumps(refusal.body),
                    content_type="application/json",
                )

        return guarded
