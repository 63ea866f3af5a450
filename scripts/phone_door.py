"""The service's door for the desk: what agents and supervisors ask there, and the live view.

On the service's own local address, for whoever shows the key that both processes read
(docs/decisions/0016-how-the-desk-asks-the-service.md).
"""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web

from config.documents import ConfigError
from config.settings import Settings
from ivr.agent_desk import AgentDesk
from ivr.agent_errors import (
    AgentError,
    AgentsNotRead,
    AgentUnknown,
    CodeUnknown,
    NobodyWaits,
    Unconfirmed,
)
from ivr.ami import AmiError
from ivr.introductions import Introduction, Introductions
from ivr.live_view import LiveView
from ivr.members import AgentState
from ivr.ports import DeskAway
from ivr.queue_board import QueueBoard

log = structlog.get_logger()

LARGEST = 4096
"""Bytes of a wish."""
Wish = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PhoneDoor:
    """Serve its `routes`."""

    settings: Settings
    desk: AgentDesk
    board: QueueBoard
    view: LiveView
    introductions: Introductions

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/phone/live", self._live),
            web.post("/phone/agents/{agent:[0-9]{3,6}}/{deed:[a-z_]+}", self._deed),
        ]

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """A line of JSON for each picture, an empty one now and then as a sign of life."""
        self._refuse_strangers(request)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        with suppress(ConnectionError):  # The desk has gone; it comes again.
            async for picture in self.view.follow():
                await response.write(json.dumps(picture).encode() + b"\n")
        return response

    async def _deed(self, request: web.Request) -> web.Response:
        self._refuse_strangers(request)
        deed = self._deeds().get(request.match_info["deed"])
        if deed is None or (request.content_length or 0) > LARGEST:
            return _refusal(404, "there is nothing of this name to do")
        try:
            told = await deed(request.match_info["agent"], await request.json())
        except AgentUnknown as unknown:
            return _refusal(404, str(unknown))
        except (CodeUnknown, ValueError, KeyError, TypeError, AttributeError) as bad:
            return _refusal(422, str(bad))
        except (AgentsNotRead, Unconfirmed, AmiError, DeskAway) as away:
            log.warning("door.not_done", deed=request.match_info["deed"], reason=str(away))
            return _refusal(503, str(away))
        except AgentError as refused:
            return _refusal(409, str(refused))
        return web.json_response(told)

    def _deeds(self) -> Mapping[str, Callable[[str, Wish], Awaitable[Wish]]]:
        desk, supervision = self.desk, self.desk.supervision

        async def log_in(agent: str, wish: Wish) -> Wish:
            return _state(await desk.log_in(agent, _by(wish)))

        async def log_out(agent: str, wish: Wish) -> Wish:
            return _state(await desk.log_out(agent, _by(wish)))

        async def pause(agent: str, wish: Wish) -> Wish:
            return _state(await desk.pause(agent, str(wish["reason"]), _by(wish)))

        async def ready(agent: str, wish: Wish) -> Wish:
            return _state(await desk.ready(agent, _by(wish)))

        async def wrap_up(agent: str, wish: Wish) -> Wish:
            return _state(await desk.wrap_up(agent, _by(wish)))

        async def dispose(agent: str, wish: Wish) -> Wish:
            await desk.dispose(agent, str(wish["code"]))
            return {}

        async def recording(agent: str, _: Wish) -> Wish:
            return {"recorded": await desk.recorder.toggle(agent)}

        async def listen(agent: str, wish: Wish) -> Wish:
            await supervision.listen(agent, str(wish["agent"]), str(wish["how"]))
            return {}

        async def take(agent: str, wish: Wish) -> Wish:
            entry = wish.get("entry")
            await supervision.take(agent, self._channel(str(entry)) if entry else None)
            return {}

        async def move(agent: str, wish: Wish) -> Wish:
            await supervision.move(agent, self._channel(str(wish["entry"])), str(wish["queue"]))
            return {}

        async def introduce(agent: str, wish: Wish) -> Wish:
            which = UUID(str(wish["introduction"]))
            between = Introduction(which, str(wish["trader"]), str(wish["producer"]))
            await self.introductions.introduce(agent, between)
            return {}

        deeds = (
            log_in, log_out, pause, ready, wrap_up, dispose, recording, listen, take, move,
            introduce,
        )  # fmt: skip
        return {deed.__name__: deed for deed in deeds}

    def _channel(self, entry: str) -> str:
        """Of the caller who waits with this stay. Raises NobodyWaits."""
        for one in self.board.everyone():
            if str(one.entry) == entry and one.stay.callback is None:
                return one.channel
        raise NobodyWaits("That caller waits no more: somebody answered, or they hung up.")

    def _refuse_strangers(self, request: web.Request) -> None:
        """Without a key of ours nobody is let in."""
        try:
            key = self.settings.desk_key().get_secret_value()
        except ConfigError as error:
            log.error("door.shut", reason=str(error))
            raise web.HTTPServiceUnavailable(text=json.dumps({"error": str(error)})) from None
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), key.encode()):
            raise web.HTTPUnauthorized


def _by(wish: Wish) -> str:
    return "supervisor" if wish.get("by") == "supervisor" else "api"


def _state(state: AgentState) -> Wish:
    return asdict(state)


def _refusal(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
