"""The layout around every page: who is signed in, where they may go, what has just happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from tickets.rights import Actor, Right
from tickets.sign_in import csrf_of
from tickets.web.desk import DESK, OPTIONS
from tickets.web.guard import COOKIE
from tickets.web.language import words_of
from tickets.web.notices import forget, told
from tickets.web.pages.called import callers
from tickets.web.pages.page import Nav
from tickets.web.pages.templates import environment

NAVIGATION = web.AppKey("navigation", tuple[Nav, ...])
HTML = "text/html"


def render(
    request: web.Request,
    actor: Actor | None,
    template: str,
    status: int,
    values: Mapping[str, Any],
) -> web.Response:
    """A template with what the layout needs."""
    options = request.app[OPTIONS]
    words = words_of(request)
    cookie = request.get(COOKIE)
    # Pages that name colleagues give them as `staff`.
    called = callers(words, request.app[DESK].names, values.get("staff", {}))
    text = (
        environment(words.language)
        .get_template(template)
        .render(
            {
                "actor": actor,
                "may": actor.may if actor else lambda _: False,
                "Right": Right,
                "csrf": csrf_of(cookie) if cookie and actor else "",
                "navigation": [
                    entry for entry in request.app[NAVIGATION] if actor and entry.is_for(actor)
                ],
                "here": request.path,
                "address": _own_address(request),
                "notice": told(request, options),
                "now": _now(request),
                "has_phone": has_phone(request, actor),
                "caller": options.caller if actor else None,
            }
            | called
            | dict(values)
        )
    )
    response = web.Response(text=text, status=status, content_type=HTML, charset="utf-8")
    response.headers["Vary"] = "Cookie, HX-Request"
    forget(request, response, options)
    return response


def has_phone(request: web.Request, actor: Actor | None) -> bool:
    """The phone in the page is this person's, and the PBX can be reached by it."""
    own = actor is not None and actor.browser_phone and actor.may(Right.AGENTS_OWN)
    return own and request.app[DESK].page_phone is not None


def home(request: web.Request, actor: Actor) -> str:
    """Where this person begins."""
    return next(entry.path for entry in request.app[NAVIGATION] if entry.is_for(actor))


def own_path(given: str) -> str:
    """A path of ours, or the beginning: nobody is led to another site."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\", "/api/"))
    return given if plain and given.isprintable() and "\\" not in given else "/"


def _own_address(request: web.Request) -> str:
    return own_path(request.path_qs) if request.method == "GET" else "/"


def _now(request: web.Request) -> datetime:
    return request.app[DESK].clock()
