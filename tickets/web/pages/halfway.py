"""Between password and second factor: what was proved, encrypted, with the browser for minutes."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken

from tickets.web.desk import DESK, OPTIONS

_NAME = "saluran-half"
_SECONDS = 300


def keep_half(response: web.Response, app: web.Application, login: str, password: str) -> None:
    """So that the password need not be typed again, and is in no page."""
    text = json.dumps({"login": login, "password": password})
    response.set_cookie(
        _NAME,
        _box(app).encrypt(text.encode()).decode(),
        max_age=_SECONDS,
        path="/sign-in",
        httponly=True,
        samesite="Strict",
        secure=app[OPTIONS].secure or None,
    )


def half_of(request: web.Request) -> dict[str, str] | None:
    """What was proved in the last minutes."""
    try:
        given = request.cookies.get(_NAME, "").encode("ascii")
        found: dict[str, str] = json.loads(_box(request.app).decrypt(given, ttl=_SECONDS))
    except (InvalidToken, ValueError):
        return None
    return found


def forget_half(response: web.Response, app: web.Application) -> None:
    response.del_cookie(
        _NAME,
        path="/sign-in",
        httponly=True,
        samesite="Strict",
        secure=app[OPTIONS].secure or None,
    )


def _box(app: web.Application) -> Fernet:
    # The key of the installation, so that another desk behind the same proxy can open it.
    key = app[DESK].sign_in.totp.derived(b"halfway through signing in")
    return Fernet(urlsafe_b64encode(sha256(key).digest()))
