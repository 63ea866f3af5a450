"""Signing in and out with a browser."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from tickets.rights import RIGHTS, Actor, Right, Role
from tickets.sign_in import csrf_of
from tickets.web.guard import ACTOR, COOKIE
from tickets.web.problems import Problem
from tickets.web.routes import Ask, Routes, Stranger, Told, tells
from tickets.web.texts import Body, Words

routes = Routes("session")

Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Credentials(Body):
    """Who wants to sign in."""

    login: Words
    password: Password
    code: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{0,9}$")] = ""
    """Of the second factor, for those who have one."""


class PasswordChange(Body):
    old: Password
    new: Password


class Proof(Body):
    password: Password


class Code(Body):
    code: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{6,9}$")]


class Offer(BaseModel):
    """A second factor, told this once."""

    address: str
    """`otpauth:…`, for an authenticator."""


class SessionOut(BaseModel):
    """Who is signed in, and what they may do."""

    user: UUID
    login: str
    name: str
    role: Role
    extension: str | None
    rights: list[Right]
    csrf: str | None
    """To be sent as `X-CSRF-Token` with every change; null for a token."""


@routes.post("/session")
@tells(SessionOut)
async def sign_in(ask: Stranger[Credentials]) -> Told:
    """Sign in.

    `code-needed` asks for the code of the second factor; `locked-out` says how long to wait.
    """
    given = ask.body
    if COOKIE in ask.request:
        # Somebody else's, or one's own from before: this browser is done with it.
        await ask.desk.sign_in.sign_out(ask.request[COOKIE], ask.request[ACTOR])
    session = await ask.desk.sign_in.sign_in(given.login, given.password, given.code, ask.address)
    return Told(_told(session.actor, session.csrf), cookie=session.cookie)


@routes.get("/session")
async def who_am_i(ask: Ask[None, None]) -> SessionOut:
    """Who is signed in."""
    cookie = ask.request.get(COOKIE)
    return _told(ask.actor, csrf_of(cookie) if cookie else None)


@routes.delete("/session")
@tells(type(None))
async def sign_out(ask: Ask[None, None]) -> Told:
    """Sign out: the session is over."""
    await ask.desk.sign_in.sign_out(_cookie(ask), ask.actor)
    return Told(None, cookie="")


@routes.put("/session/password", if_match=False)
async def change_password(ask: Ask[None, PasswordChange]) -> None:
    """Change one's own password; one's other sessions end."""
    ask.actor.need_session()
    await ask.desk.sign_in.change_password(ask.actor, _cookie(ask), ask.body.old, ask.body.new)


@routes.post("/session/totp", replayed=False)
async def offer_totp(ask: Ask[None, Proof]) -> Offer:
    """Get a second factor; it is asked for once a code of it was shown."""
    return Offer(address=await ask.desk.sign_in.offer_totp(ask.actor, ask.body.password))


@routes.put("/session/totp", if_match=False)
async def take_totp(ask: Ask[None, Code]) -> None:
    """Show a code of the second factor that was offered: it is asked for from now on."""
    ask.actor.need_session()
    await ask.desk.sign_in.take_totp(ask.actor, _cookie(ask), ask.body.code)


def _cookie(ask: Ask[None, Any]) -> str:
    cookie: str | None = ask.request.get(COOKIE)
    if cookie is None:
        raise Problem(403, "not-allowed", "a token has no session: revoke it instead")
    return cookie


def _told(actor: Actor, csrf: str | None) -> SessionOut:
    return SessionOut(
        user=actor.user,
        login=actor.login,
        name=actor.name,
        role=actor.role,
        extension=actor.extension,
        rights=sorted(right for right in RIGHTS[actor.role] if actor.may(right)),
        csrf=csrf,
    )
