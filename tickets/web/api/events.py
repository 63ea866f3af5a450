"""The event stream: Server-Sent Events (HTML standard, 9.2)."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web
from pydantic import BaseModel, Field, TypeAdapter

from tickets.cases.screen_pop import Pop
from tickets.errors import StoreAway, TicketError
from tickets.rights import Actor
from tickets.sign_in import NotSignedIn
from tickets.web.feed import Client, Feed, FeedOver, Happening, TooManyStreams
from tickets.web.guard import still_there
from tickets.web.problems import Problem
from tickets.web.routes import Ask, Routes

log = structlog.get_logger()

routes = Routes("events")

HEARTBEAT = 15.0
"""Seconds between two signs of life, and between two looks whether the session still stands."""
LEFT = 1.0
"""Seconds after which a stream that its browser has left is noticed: it counts against them."""
SLOWEST = 20.0
"""Seconds that one event may take to be sent."""
RETRY = 2000
"""Milliseconds after which a browser comes again."""
_POP: TypeAdapter[Pop] = TypeAdapter(Pop)


class EventQuery(BaseModel):
    """For clients that cannot send the header `Last-Event-ID`."""

    after: str | None = Field(None, max_length=64)
    """The id of the last event that was read."""


@routes.stream("/events")
async def follow_events(ask: Ask[EventQuery, None]) -> web.StreamResponse:
    """What changes, as it changes.

    Kinds: `ticket`, `callback`, `line`, `figures`, `webhook` (one was disabled), `agents`,
    `queues`, `phone` (whether the phone service is there), `ring`, `talk` and `over` (at one's own
    phone; `pop` is who rings), `reset`: something may have been missed, so read everything anew.
    """
    feed = ask.desk.feed
    last_id = ask.request.headers.get("Last-Event-ID") or ask.query.after or ""
    try:
        with feed.client(ask.actor.user, last_id) as client:
            # Who comes again keeps the id they have until they have read what they missed: the
            # stream may be cut before.
            begin = "" if last_id else f"id: {feed.id_of(feed.newest)}\n"
            return await _serve(ask, feed, client, begin)
    except TooManyStreams:
        raise Problem(429, "too-many", "close another stream first") from None


async def _serve(
    ask: Ask[EventQuery, None], feed: Feed, client: Client, begin: str
) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
    )
    await response.prepare(ask.request)
    loop = asyncio.get_running_loop()
    try:
        await _send(response, f"retry: {RETRY}\n{begin}\n")
        look_at = loop.time() + HEARTBEAT
        actor = ask.actor
        while True:
            try:
                async with asyncio.timeout_at(min(look_at, loop.time() + LEFT)):
                    number, happening = await client.next()
            except TimeoutError:
                transport = ask.request.transport
                if transport is None or transport.is_closing():
                    break
                if loop.time() < look_at:
                    continue
                look_at = loop.time() + HEARTBEAT
                actor = await _again(ask, actor)
                await _send(response, ": alive\n\n")
                continue
            if happening.is_for(actor):
                data = json.dumps(await _data(ask, actor, happening), ensure_ascii=False)
                id_ = feed.id_of(number)
                await _send(response, f"id: {id_}\nevent: {happening.kind}\ndata: {data}\n\n")
    except (FeedOver, NotSignedIn, ConnectionError, TimeoutError) as error:
        # Gone, too slow, or out: whoever still may comes again.
        log.debug("stream.ended", reason=type(error).__name__)
    return response


async def _again(ask: Ask[EventQuery, None], actor: Actor) -> Actor:
    """The same person with the rights of now. Raises NotSignedIn."""
    try:
        return await still_there(ask.request)
    except StoreAway:
        return actor  # Nobody can be asked; nothing that is in rows can be read either.


async def _data(ask: Ask[EventQuery, None], actor: Actor, happening: Happening) -> Any:
    if happening.kind != "ring":
        return happening.data
    return {**happening.data, "pop": await _pop(ask, actor, happening.data)}


async def _pop(ask: Ask[EventQuery, None], actor: Actor, data: Mapping[str, Any]) -> Any:
    ids = [UUID(data[name]) if data[name] else None for name in ("call", "callback")]
    try:
        return _POP.dump_python(await ask.desk.screen_pop.of(actor, *ids), mode="json")
    except TicketError as error:
        # The phone rings whatever rows say.
        log.warning("pop.not_told", reason=str(error))
        return None


async def _send(response: web.StreamResponse, text: str) -> None:
    async with asyncio.timeout(SLOWEST):
        await response.write(text.encode())
