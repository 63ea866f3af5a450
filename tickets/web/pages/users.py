"""Accounts of others: made, given a role, let in and kept out."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from tickets.rights import Actor, Right, Role
from tickets.users import NewUser
from tickets.web.api.users import RoleIn, UserIn
from tickets.web.notices import Notice
from tickets.web.pages.page import Nav, Pages, Visit
from tickets.web.routes import LOGIN

pages = Pages("users", nav=Nav("nav.users", "/users", (Right.USERS_CHANGE,), key="u"))

HERE = "/users/{login}"


@pages.get("/users")
async def list_users(visit: Visit) -> web.StreamResponse:
    """By login."""
    found = await visit.desk.accounts.all(visit.actor)
    return visit.show("users.html", found=found, roles=list(Role))


@pages.post("/users", back="/users")
async def add_user(visit: Visit) -> web.StreamResponse:
    """The password that they begin with is shown this once."""
    given = visit.fits(UserIn)
    new = NewUser(login=given.login, name=given.name, role=given.role, extension=given.extension)
    password = await visit.desk.accounts.add(visit.actor, new)
    return await _shows(visit, given.login, password)


@pages.get(f"/users/{LOGIN}")
async def show_user(visit: Visit) -> web.StreamResponse:
    """With where they are signed in."""
    return await _shows(visit, _login(visit))


@pages.post(f"/users/{LOGIN}/password", back=HERE)
async def new_password(visit: Visit) -> web.StreamResponse:
    """Shown this once."""
    password = await visit.desk.accounts.new_password(visit.actor, _login(visit))
    return await _shows(visit, _login(visit), password)


@pages.post(f"/users/{LOGIN}/role", back=HERE)
async def set_role(visit: Visit) -> web.StreamResponse:
    """They may what the role may."""
    await visit.desk.accounts.set_role(visit.actor, _login(visit), visit.fits(RoleIn).role)
    return _done(visit, "role_set")


@pages.post(f"/users/{LOGIN}/disable", back=HERE)
async def disable(visit: Visit) -> web.StreamResponse:
    """Out at once."""
    return await _do(visit, visit.desk.accounts.disable, "disabled")


@pages.post(f"/users/{LOGIN}/enable", back=HERE)
async def enable(visit: Visit) -> web.StreamResponse:
    """In again."""
    return await _do(visit, visit.desk.accounts.enable, "enabled")


@pages.post(f"/users/{LOGIN}/totp", back=HERE)
async def drop_totp(visit: Visit) -> web.StreamResponse:
    """The second factor is gone."""
    return await _do(visit, visit.desk.accounts.drop_totp, "totp_dropped")


@pages.post(f"/users/{LOGIN}/unlock", back=HERE)
async def unlock(visit: Visit) -> web.StreamResponse:
    """Wrong tries are forgotten."""
    return await _do(visit, visit.desk.accounts.unlock, "unlocked")


@pages.post(f"/users/{LOGIN}/sessions", back=HERE)
async def end_sessions(visit: Visit) -> web.StreamResponse:
    """Signed in nowhere any more."""
    return await _do(visit, visit.desk.accounts.end_sessions, "sessions_ended")


async def _do(
    visit: Visit, deed: Callable[[Actor, str], Awaitable[None]], done: str
) -> web.Response:
    await deed(visit.actor, _login(visit))
    return _done(visit, done)


async def _shows(visit: Visit, login: str, password: str = "") -> web.Response:
    account = await visit.desk.accounts.read(visit.actor, login)
    return visit.show("user.html", account=account, roles=list(Role), password=password)


def _login(visit: Visit) -> str:
    return visit.request.match_info["login"]


def _done(visit: Visit, what: str) -> web.Response:
    return visit.go(f"/users/{_login(visit)}", Notice(f"users.{what}"))
