"""Signing out at the provider too, by whom somebody has signed in (OpenID Connect RP-Initiated
Logout 1.0): else the next one at this machine would be let in without a question."""

import asyncio
from base64 import urlsafe_b64encode
from hashlib import sha256

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken

from tickets.oidc import OidcAway, OidcRefused
from tickets.web.desk import DESK, OPTIONS

PATH = "/sign-out"
PATIENCE = 3.0
"""Seconds: whoever leaves is out here already, and waits for no provider."""
_COOKIE = "saluran-way-out"
_LONGEST = 3800
"""Letters of a cookie that every browser keeps; a longer identity is not brought along."""
_SECONDS = 12 * 3600


def keep_way_out(response: web.Response, request: web.Request, token: str) -> None:
    """Of somebody whom the provider has just vouched for with `token`."""
    kept = _box(request).encrypt(token.encode()).decode()
    if len(kept) > _LONGEST:
        kept = _box(request).encrypt(b"").decode()
    _set(response, request, kept, _SECONDS)


def forget_way_out(response: web.Response, request: web.Request) -> None:
    """Of somebody who came in otherwise, or is out."""
    if _COOKIE in request.cookies:
        _set(response, request, "", 0)


async def way_out(request: web.Request) -> str | None:
    """The provider's address where the browser ends its session there; None without one."""
    way = request.app[DESK].by_provider
    if way is None or _COOKIE not in request.cookies:
        return None
    try:
        token = _box(request).decrypt(request.cookies[_COOKIE].encode("ascii")).decode()
        async with asyncio.timeout(PATIENCE):
            return await way.provider.leave(token, _back(request))
    except (InvalidToken, ValueError, OidcAway, OidcRefused, TimeoutError):
        return None


def _back(request: web.Request) -> str:
    scheme = "https" if request.app[OPTIONS].secure else "http"
    return f"{scheme}://{request.host}/sign-in"


def _set(response: web.Response, request: web.Request, value: str, seconds: int) -> None:
    response.set_cookie(
        _COOKIE,
        value,
        max_age=seconds,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=request.app[OPTIONS].secure or None,
    )


def _box(request: web.Request) -> Fernet:
    key = request.app[DESK].sign_in.totp.derived(b"out at a provider")
    return Fernet(urlsafe_b64encode(sha256(key).digest()))
