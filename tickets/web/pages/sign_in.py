"""Signing in, first by password and then, for those who have one, by a second factor; and out."""

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, StringConstraints, ValidationError

from tickets.rights import Actor
from tickets.sign_in import CodeNeeded, LockedOut, Session, SignInRefused
from tickets.web.desk import DESK, OPTIONS
from tickets.web.guard import ACTOR, ADDRESS, COOKIE, actor_of
from tickets.web.language import COOKIE as LANGUAGE_COOKIE
from tickets.web.language import LANGUAGES
from tickets.web.pages.halfway import forget_half, half_of, keep_half
from tickets.web.pages.layout import own_path, render
from tickets.web.pages.leaving import forget_way_out, way_out
from tickets.web.pages.page import Form, form_of
from tickets.web.serving import set_cookie

_YEAR = 365 * 24 * 3600


class Proof(BaseModel):
    """What somebody shows of themselves."""

    login: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{0,9}$")] = ""


def add_to(app: web.Application) -> None:
    """These take no actor: whoever comes is a stranger."""
    app.router.add_get("/sign-in", ask)
    app.router.add_post("/sign-in", take)
    app.router.add_post("/sign-out", leave)
    app.router.add_post("/language", choose_language)


async def ask(request: web.Request) -> web.Response:
    """The page that asks for login and password."""
    to = own_path(request.query.get("to", "/"))
    if ACTOR in request:
        return web.Response(status=303, headers={"Location": to})
    return asks(request, 200, to)


async def take(request: web.Request) -> web.Response:
    """Let them in, or ask again: for the code of the second factor, or because it was wrong."""
    options = request.app[OPTIONS]
    form = await form_of(request)
    to = own_path(form.one("to", "/"))
    async with asyncio.timeout(options.answer_seconds):
        try:
            proof = _proof(request, form)
            session = await _signed_in(request, proof)
        except CodeNeeded:
            response = asks(request, 200, to, login=proof.login, wants_code=True)
            keep_half(response, request.app, proof.login, proof.password)
            return response
        except LockedOut as locked:
            return asks(request, 429, to, wrong="sign_in.locked", seconds=locked.seconds)
        except (SignInRefused, ValidationError):
            response = asks(request, 401, to, wrong="sign_in.wrong")
            forget_half(response, request.app)
            return response
    response = web.Response(status=303, headers={"Location": to})
    set_cookie(response, options, session.cookie)
    forget_way_out(response, request)
    forget_half(response, request.app)
    return response


async def leave(request: web.Request) -> web.Response:
    """The session is over."""
    response: web.Response = web.Response(status=303, headers={"Location": "/sign-in"})
    form = await form_of(request)
    if COOKIE in request:
        actor = actor_of(request, form.one("csrf"))
        await request.app[DESK].sign_in.sign_out(request[COOKIE], actor)
        if (out := await way_out(request)) is not None:
            response = _out_there_too(request, out)
        set_cookie(response, request.app[OPTIONS], "")
        forget_way_out(response, request)
    return response


async def choose_language(request: web.Request) -> web.Response:
    """For this browser."""
    form = await form_of(request)
    response = web.Response(status=303, headers={"Location": own_path(form.one("to", "/"))})
    chosen = form.one("language")
    if chosen in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=_YEAR,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=request.app[OPTIONS].secure or None,
        )
    return response


def _out_there_too(request: web.Request, address: str) -> web.Response:
    """A page and no redirection: a form may lead to our own pages alone (`form-action`)."""
    by_provider = request.app[DESK].by_provider
    values = {"to": address, "provider": by_provider.name if by_provider else ""}
    response = render(request, None, "signed_out.html", 200, values)
    response.headers["Refresh"] = f"0; url={address}"
    return response


async def _signed_in(request: web.Request, proof: Proof) -> Session:
    sign_in = request.app[DESK].sign_in
    if COOKIE in request:
        # Somebody else's, or one's own from before: this browser is done with it.
        actor: Actor = request[ACTOR]
        await sign_in.sign_out(request[COOKIE], actor)
    return await sign_in.sign_in(proof.login, proof.password, proof.code, request[ADDRESS])


def _proof(request: web.Request, form: Form) -> Proof:
    """Raises ValidationError."""
    given = {name: form.one(name) for name in ("login", "password", "code")}
    half = half_of(request) if given["code"] and not given["password"] else None
    return Proof.model_validate(given | (half or {}))


def asks(
    request: web.Request,
    status: int,
    to: str,
    wrong: str = "",
    login: str = "",
    wants_code: bool = False,
    seconds: int = 0,
) -> web.Response:
    """The page that asks who somebody is, and what was wrong with what they said."""
    values = {
        "to": to,
        "wrong": wrong,
        "login": login,
        "wants_code": wants_code,
        "seconds": seconds,
    }
    by_provider = request.app[DESK].by_provider
    values["provider"] = by_provider.name if by_provider and not wants_code else ""
    response = render(request, None, "sign_in.html", status, values)
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response
