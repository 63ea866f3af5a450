"""Signing in by an OpenID provider: to it, and back from it."""

import asyncio
import json
from base64 import urlsafe_b64encode
from dataclasses import asdict
from hashlib import sha256
from urllib.parse import quote

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken

from tickets.identities import ByProvider
from tickets.oidc import OidcAway, OidcRefused, Pending
from tickets.web.desk import DESK, OPTIONS
from tickets.web.guard import ACTOR, ADDRESS, COOKIE
from tickets.web.pages.layout import own_path, render
from tickets.web.pages.leaving import keep_way_out
from tickets.web.pages.sign_in import asks
from tickets.web.serving import set_cookie

START = "/sign-in/oidc"
BACK = "/sign-in/oidc/back"
_COOKIE = "saluran-oidc"
_SECONDS = 600


def add_to(app: web.Application) -> None:
    """Only where the settings name a provider."""
    if app[DESK].by_provider is not None:
        app.router.add_get(START, go)
        app.router.add_get(BACK, come)


async def go(request: web.Request) -> web.Response:
    """Send the browser to the provider."""
    to = own_path(request.query.get("to", "/"))
    try:
        async with asyncio.timeout(request.app[OPTIONS].answer_seconds):
            address, pending = await _way(request).provider.begin(_back(request))
    except OidcAway:
        return asks(request, 503, to, wrong="sign_in.provider_away")
    except OidcRefused:
        return asks(request, 502, to, wrong="sign_in.provider_refused")
    response = web.Response(status=303, headers={"Location": address})
    kept = json.dumps(asdict(pending) | {"to": to}).encode()
    _set(response, request, _box(request).encrypt(kept).decode(), _SECONDS)
    return response


async def come(request: web.Request) -> web.Response:
    """Let in whoever the provider vouches for, once."""
    pending, to = _pending(request)
    desk = request.app[DESK]
    wrong, status, session, token = "", 200, None, ""
    try:
        if pending is None:
            raise OidcRefused("this browser was not sent to the provider, or long ago")
        async with asyncio.timeout(request.app[OPTIONS].answer_seconds):
            given = dict(request.query)
            back, address = _back(request), request[ADDRESS]
            session, token = await _way(request).finish(pending, given, back, address)
    except OidcAway:
        wrong, status = "sign_in.provider_away", 503
    except OidcRefused:
        wrong, status = "sign_in.provider_refused", 401
    if session is None:
        response = asks(request, status, to, wrong=wrong)
    else:
        if COOKIE in request:
            await desk.sign_in.sign_out(request[COOKIE], request[ACTOR])
        response = _welcome(request, to)
        set_cookie(response, request.app[OPTIONS], session.cookie)
        keep_way_out(response, request, token)
    _set(response, request, "", 0)
    return response


def _welcome(request: web.Request, to: str) -> web.Response:
    """A page and no redirection: one that began at another site would be asked without the
    session's cookie, which is for our own pages alone (SameSite=Strict)."""
    response = render(request, None, "signed_in.html", 200, {"to": to})
    response.headers["Refresh"] = f"0; url={quote(to, safe='/?&=%:@+,~-._!$()*')}"
    return response


def _way(request: web.Request) -> ByProvider:
    way = request.app[DESK].by_provider
    assert way is not None
    return way


def _back(request: web.Request) -> str:
    """The name is one of ours (`guard`); the provider knows to which addresses it may send."""
    scheme = "https" if request.app[OPTIONS].secure else "http"
    return f"{scheme}://{request.host}{BACK}"


def _pending(request: web.Request) -> tuple[Pending | None, str]:
    try:
        given = request.cookies.get(_COOKIE, "").encode("ascii")
        kept = json.loads(_box(request).decrypt(given, ttl=_SECONDS))
    except (InvalidToken, ValueError):
        return None, "/"
    to = own_path(kept.pop("to"))
    return Pending(**kept), to


def _set(response: web.Response, request: web.Request, value: str, seconds: int) -> None:
    # Lax: the provider's page leads here, and this cookie has to come along.
    secure = request.app[OPTIONS].secure or None
    response.set_cookie(
        _COOKIE,
        value,
        max_age=seconds,
        path=START,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _box(request: web.Request) -> Fernet:
    key = request.app[DESK].sign_in.totp.derived(b"on the way to a provider")
    return Fernet(urlsafe_b64encode(sha256(key).digest()))
