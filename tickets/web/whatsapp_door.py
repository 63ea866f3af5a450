"""Where WhatsApp posts what happens: signed by it, kept as it came, and answered at once.

Nobody is signed in here: the signature over the body's bytes is all that opens this door.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from tickets.web.problems import Problem
from tickets.whatsapp.wire import is_signed

log = structlog.get_logger()

WEBHOOK = "/whatsapp/webhook"
LARGEST = 3 * 1024 * 1024
"""Bytes of one request, as WhatsApp limits them."""
SECONDS = 10.0
"""In which one must have come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    app_secret: bytes = field(repr=False)
    verify_token: str = field(repr=False)
    keep: Callable[[bytes], Awaitable[None]]
    """Returns once it is never lost. Raises StoreAway; WhatsApp then sends it again."""
    came: Callable[[], None]
    """Told after each."""

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(WEBHOOK, self.verify, allow_head=False)
        app.router.add_post(WEBHOOK, self.take)

    async def verify(self, request: web.Request) -> web.Response:
        """WhatsApp asks once whether the address is ours."""
        query = request.query
        token = query.get("hub.verify_token", "").encode()
        is_ours = hmac.compare_digest(token, self.verify_token.encode())
        challenge = query.get("hub.challenge", "")
        if query.get("hub.mode") != "subscribe" or not is_ours or not challenge.isascii():
            raise Problem(403, "not-allowed", "this is no verification with our token")
        return web.Response(text=challenge[:500], content_type="text/plain")

    async def take(self, request: web.Request) -> web.Response:
        body = await _body(request)
        if not is_signed(self.app_secret, body, request.headers.get("X-Hub-Signature-256", "")):
            log.warning("whatsapp.forged", size=len(body))
            raise Problem(403, "not-allowed", "the signature is not of these bytes")
        await self.keep(body)
        self.came()
        return web.Response(status=200)


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for piece in request.content.iter_chunked(64 * 1024):
                body += piece
                if len(body) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise Problem(408, "too-slow", "the body did not come in time") from None
    except (ConnectionError, web.RequestPayloadError):
        raise Problem(400, "broken", "the body did not come whole") from None
    return bytes(body)


def _too_large() -> Problem:
    return Problem(413, "too-large", f"a webhook has at most {LARGEST} bytes")
